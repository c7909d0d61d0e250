/**
 * Reads the cluster at the end of a run: the nodes with their roles, the nodes that cannot be seen,
 * and which mounts of the plan run which version on which node. Waits for nothing.
 */
import type { RunningFact } from '../../documents/plan.generated.ts'
import type { AwayNode, MountAtEnd, SeenAtEnd } from '../../documents/run-outcome.ts'
import { groupBy } from '../../domain/group-by.ts'
import { compareText, type MountPath, type NodeAddress } from '../../domain/names.ts'
import { listMountsOfNode } from '../../live/mounts.ts'
import { readNode } from '../../live/nodes.ts'
import type { RunContext } from '../run-context.ts'
import { whatIsWrong } from './mismatch.ts'
import { findMismatches } from './read-facts.ts'
import { onCurrentNode } from './wait-for-facts.ts'

/** Milliseconds for a node to say what it is. */
const ANSWER_WITHIN = 5_000

/** `mounts`: whether to read what the mounts run. Not needed if every step was checked just before. */
export async function readStateAfter(
  run: RunContext,
  { mounts }: { readonly mounts: boolean },
): Promise<SeenAtEnd> {
  const reports = await Promise.all(
    run.nodes.map(async (address) => {
      const { node } = await readNode(run.client, address, AbortSignal.timeout(ANSWER_WITHIN))
      return node
    }),
  )
  const active = reports.find(({ role }) => role === 'active')?.address
  const unseen = reports.filter(({ state }) => state === 'sealed' || state === 'unreachable')
  const expected = findExpected(run.plan.steps)
  const starts = unseen.length === 0 ? [] : await readStarts(run, expected, active)
  const away = unseen.map(({ address, state, detail }): AwayNode => {
    return { node: address, why: detail ?? state, starts }
  })
  const isAway = new Set(unseen.map(({ address }) => address))
  return {
    nodes: reports.map(({ address, role, state }) => ({ address, role, state })),
    away,
    differing:
      mounts && active !== undefined ? await findDiffering(run, expected, active, isAway) : [],
  }
}

/** Returns what each mount runs on each node if every step is done. */
function findExpected(steps: RunContext['plan']['steps']): readonly RunningFact[] {
  const last = new Map<string, RunningFact>()
  for (const fact of steps.flatMap(({ ensures }) => ensures)) {
    if (fact.fact === 'running') last.set(`${fact.mount} ${fact.node}`, fact)
  }
  return [...last.values()]
}

/** Returns what a node that restarts will start: the versions that its mounts are configured for. */
async function readStarts(
  { client }: RunContext,
  expected: readonly RunningFact[],
  active: NodeAddress | undefined,
): Promise<AwayNode['starts']> {
  if (active === undefined) return []
  const paths = new Set(expected.map(({ mount }) => mount))
  const namespaces = [...new Set(expected.map(({ namespace }) => namespace))]
  const lists = await Promise.all(
    namespaces.map((namespace) => listMountsOfNode(client, active, namespace)),
  )
  return lists
    .flatMap((list) => (list.kind === 'itself' ? list.mounts : []))
    .filter(({ path }) => paths.has(path))
    .map(({ path, configured_version }) => ({ mount: path, version: configured_version }))
    .sort((a, b) => compareText(a.mount, b.mount))
}

interface RunningView {
  readonly mount: MountPath
  readonly node: NodeAddress
  readonly what: string
  readonly isExpected: boolean
}

/** Returns nothing if all the mounts run what the plan brings them to, and if none does. */
async function findDiffering(
  run: RunContext,
  expected: readonly RunningFact[],
  active: NodeAddress,
  isAway: ReadonlySet<NodeAddress>,
): Promise<readonly MountAtEnd[]> {
  const facts = new Map<string, RunningFact>()
  for (const fact of expected.map((one) => onCurrentNode(run, one, active))) {
    if (!isAway.has(fact.node)) facts.set(`${fact.mount} ${fact.node}`, fact)
  }
  const broken = await findMismatches({ ...run, active }, [...facts.values()])
  const views = [...facts.values()].map((fact): RunningView => {
    const mismatch = broken.find((one) => one.fact === fact)
    const { mount, node, version = 'the desired binary' } = fact
    if (mismatch === undefined) return { mount, node, what: version, isExpected: true }
    const { field, found } = mismatch
    const what = field === 'running_plugin_version' ? found : whatIsWrong(mismatch)
    return { mount, node, what, isExpected: false }
  })
  if (!views.some(({ isExpected }) => isExpected)) return []
  return [...groupBy(views, ({ mount }) => mount)]
    .filter(([, ofMount]) => ofMount.some(({ isExpected }) => !isExpected))
    .map(([mount, ofMount]) => ({
      mount,
      running: [...groupBy(ofMount, ({ what }) => what)].map(([what, alike]) => ({
        what,
        nodes: alike.map(({ node }) => node).sort(compareText),
      })),
    }))
    .sort((a, b) => compareText(a.mount, b.mount))
}
