/**
 * Reads what really runs when a run begins, beside what the plan found configured and registered.
 * The two differ if a mount had not been reloaded after an earlier change. Then only this record
 * says which version a rollback may return to.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { LockstepError } from '../domain/errors.ts'
import { groupBy } from '../domain/group-by.ts'
import { type Namespace, type NodeAddress, UNKNOWN_HASH, UNVERSIONED } from '../domain/names.ts'
import { type ListedMount, listMountsOfNode } from '../live/mounts.ts'
import type { Reader } from '../server/reader.ts'
import { type StateBefore, stateBefore } from '../journal/state-before.ts'

/** A node that does not say what it runs is left out: the steps wait for it. */
export async function readStateBefore(reader: Reader, plan: Plan): Promise<StateBefore> {
  const before = stateBefore(plan)
  const namespaces = [...new Set(before.mounts.map(({ namespace }) => namespace))]
  const nodes = plan.cluster.nodes.filter(
    ({ state }) => state === 'serving' || state === 'forwarding' || state === 'not-ready',
  )
  const views = await Promise.all(
    nodes.flatMap(({ address }) =>
      namespaces.map((namespace) => readViews(reader, address, namespace)),
    ),
  )
  const byPath = groupBy(views.flat(), ({ path }) => path)
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

interface NodeMount extends ListedMount {
  readonly node: NodeAddress
}

async function readViews(
  reader: Reader,
  node: NodeAddress,
  namespace: Namespace,
): Promise<NodeMount[]> {
  try {
    const listed = await listMountsOfNode(reader, node, namespace)
    if (listed.kind !== 'itself') return []
    return listed.mounts.filter(ranSomething).map((mount) => ({ ...mount, node }))
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return []
  }
}

/** If a plugin did not start, the mount lists neither hash nor version. A builtin lists its version. */
function ranSomething({ running_sha256, running_version }: ListedMount): boolean {
  return running_sha256 !== UNKNOWN_HASH || running_version !== UNVERSIONED
}
