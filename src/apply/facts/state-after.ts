/**
 * What is seen of the cluster when a run has ended: its nodes with the roles that they have by then,
 * those that cannot be seen, and which mounts of the plan run which version where. Reads only, waits
 * for nothing.
 */
import type { Plan, RunningFact } from '../../documents/plan.generated.ts'
import type { AwayNode, MountAtEnd, SeenAtEnd } from '../../documents/run-outcome.ts'
import { groupBy } from '../../domain/group-by.ts'
import { compareText, type MountPath, type NodeAddress } from '../../domain/names.ts'
import { listMountsOfNode } from '../../live/mounts.ts'
import { readNode } from '../../live/nodes.ts'
import { type FactsContext, placed } from './wait-for-facts.ts'
import { findMismatches } from './read-facts.ts'
import { whatIsWrong } from './mismatch.ts'

/** Milliseconds for a node to say what it is. */
const ANSWER_WITHIN = 5_000

/** `mounts`: whether to look at what they run; where every step was checked a moment ago, no. */
export async function readStateAfter(
  run: FactsContext,
  plan: Plan,
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
  const due = endOfSteps(plan)
  const starts = unseen.length === 0 ? [] : await readStarts(run, due, active)
  const away = unseen.map(({ address, state, detail }): AwayNode => {
    return { node: address, why: detail ?? state, starts }
  })
  const isAway = new Set(unseen.map(({ address }) => address))
  return {
    nodes: reports.map(({ address, role, state }) => ({ address, role, state })),
    away,
    differing: mounts && active !== undefined ? await findDiffering(run, due, active, isAway) : [],
  }
}

/** What each mount is to run on each node once every step is done. */
function endOfSteps({ steps }: Plan): readonly RunningFact[] {
  const last = new Map<string, RunningFact>()
  for (const fact of steps.flatMap(({ ensures }) => ensures)) {
    if (fact.fact === 'running') last.set(`${fact.mount} ${fact.node}`, fact)
  }
  return [...last.values()]
}

/** A node that restarts starts what its mounts are configured for. */
async function readStarts(
  { client }: FactsContext,
  due: readonly RunningFact[],
  active: NodeAddress | undefined,
): Promise<AwayNode['starts']> {
  if (active === undefined) return []
  const wanted = new Set(due.map(({ mount }) => mount))
  const namespaces = [...new Set(due.map(({ namespace }) => namespace))]
  const lists = await Promise.all(
    namespaces.map((namespace) => listMountsOfNode(client, active, namespace)),
  )
  return lists
    .flatMap((list) => (list.kind === 'itself' ? list.mounts : []))
    .filter(({ path }) => wanted.has(path))
    .map(({ path, configured_version }) => ({ mount: path, version: configured_version }))
    .sort((a, b) => compareText(a.mount, b.mount))
}

interface RunningView {
  readonly mount: MountPath
  readonly node: NodeAddress
  readonly what: string
  readonly isExpected: boolean
}

/** Empty where the mounts all run what the plan is to bring them to, and where none does. */
async function findDiffering(
  run: FactsContext,
  due: readonly RunningFact[],
  active: NodeAddress,
  isAway: ReadonlySet<NodeAddress>,
): Promise<readonly MountAtEnd[]> {
  const facts = new Map<string, RunningFact>()
  for (const fact of due.map((one) => placed(run, one, active))) {
    if (!isAway.has(fact.node)) facts.set(`${fact.mount} ${fact.node}`, fact)
  }
  const reader = { client: run.client, active, nodes: run.nodes }
  const broken = await findMismatches(reader, [...facts.values()])
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
