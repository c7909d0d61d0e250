/**
 * Reads what really runs when a run begins, beside what the plan found configured and registered.
 * The two differ if a mount had not been reloaded after an earlier change. Then only this record
 * says which version a rollback may return to.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { groupBy } from '../domain/group-by.ts'
import { type Namespace, type NodeAddress, UNKNOWN_HASH, UNVERSIONED } from '../domain/names.ts'
import { type ListedMount, listMountsOfNode } from '../live/mounts.ts'
import type { Reader } from '../server/reader.ts'
import { type StateBefore, stateBefore } from '../journal/state-before.ts'

/**
 * `fresh`: the state that was read a moment ago; if it is missing, the nodes are read. A node that
 * does not say what it runs is left out: the steps wait for it.
 */
export async function readStateBefore(
  reader: Reader,
  plan: Plan,
  fresh: LiveState | undefined,
): Promise<StateBefore> {
  const before = stateBefore(plan)
  const views = fresh === undefined ? await readViews(reader, plan, before) : viewsIn(fresh)
  const byPath = groupBy(views.filter(ranSomething), ({ path }) => path)
  return {
    ...before,
    mounts: before.mounts.map((one) => {
      const running = (byPath.get(one.mount) ?? [])
        .filter(({ plugin }) => plugin === one.plugin)
        .map(({ node, running_sha256: sha256 }) => ({ node, sha256 }))
      return running.length === 0 ? one : { ...one, running }
    }),
  }
}

type NodeMount = Pick<ListedMount, 'path' | 'plugin' | 'running_version' | 'running_sha256'> & {
  readonly node: NodeAddress
}

function viewsIn({ mounts }: LiveState): readonly NodeMount[] {
  return mounts.flatMap(({ path, plugin, nodes }) =>
    nodes.map(({ node, running_version, running_sha256 }) => {
      return { path, plugin, node, running_version, running_sha256 }
    }),
  )
}

async function readViews(
  reader: Reader,
  plan: Plan,
  before: StateBefore,
): Promise<readonly NodeMount[]> {
  const namespaces = [...new Set(before.mounts.map(({ namespace }) => namespace))]
  const nodes = plan.cluster.nodes.filter(
    ({ state }) => state === 'serving' || state === 'forwarding' || state === 'not-ready',
  )
  const views = await Promise.all(
    nodes.flatMap(({ address }) =>
      namespaces.map((namespace) => readViewsOfNode(reader, address, namespace)),
    ),
  )
  return views.flat()
}

async function readViewsOfNode(
  reader: Reader,
  node: NodeAddress,
  namespace: Namespace,
): Promise<readonly NodeMount[]> {
  try {
    const listed = await listMountsOfNode(reader, node, namespace)
    return listed.kind === 'itself' ? listed.mounts.map((mount) => ({ ...mount, node })) : []
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return []
  }
}

/** If a plugin did not start, the mount lists neither hash nor version. A builtin lists its version. */
function ranSomething({ running_sha256, running_version }: NodeMount): boolean {
  return running_sha256 !== UNKNOWN_HASH || running_version !== UNVERSIONED
}
