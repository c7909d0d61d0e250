/**
 * Before the first step: is the cluster the one that was planned for? What has changed is better
 * found here than half way. A plan that was carried out in part may go on.
 */
import type { Fact, Plan, Step } from '../documents/plan.generated.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { Mismatch } from '../documents/run-outcome.ts'
import type { NodeAddress } from '../domain/names.ts'
import { checkListedNodes } from '../live/listed-nodes.ts'
import { askOnce } from '../live/nodes.ts'
import { findActive, type WaitLimits } from './facts/active-node.ts'
import { type FactsContext, readMismatches } from './facts/wait-for-facts.ts'
import { isOneNodesOwn, isUnseen } from './facts/mismatch.ts'

/** Members of the cluster that the plan is not for. */
export async function findJoined(
  run: WaitLimits,
  { cluster }: Plan,
): Promise<readonly NodeAddress[]> {
  const active = await findActive(run)
  const planned = cluster.nodes.map(({ address }) => address)
  const { unasked, failure } = await checkListedNodes(run.client, {
    address: active,
    listed: planned,
    report: askOnce(run.client),
  })
  // What cannot be believed is no proof that nobody joined.
  if (failure?.code === 'odd-answer') throw failure
  return unasked.map(({ address }) => address).filter((address) => !planned.includes(address))
}

/** `what`: what came of the plan, and was not done on the nodes that joined. */
export function nodesJoined(joined: readonly NodeAddress[], what: string): LockstepError {
  return new LockstepError({
    code: 'stale-plan',
    message: `the cluster has more nodes than the plan is for: ${joined.join(', ')}`,
    exitCode: EXIT.stale,
    hint: what,
  })
}

export interface Stale {
  readonly step: string
  readonly mismatches: readonly Mismatch[]
}

/**
 * What the steps find when they come to it and no step before them brings about: held against the
 * cluster now. Facts of single nodes are left to the steps, which wait for a node.
 */
export async function findStale(
  run: FactsContext,
  steps: readonly Step[],
): Promise<Stale | undefined> {
  const broken = await readMismatches(run, reliedOn(steps))
  const known = broken.filter((mismatch) => !isUnseen(mismatch))
  if (known.length === 0) return undefined
  // The step itself, done by an earlier run of this plan, is what changed it; or its undo is.
  const own = new Set(known.map(({ fact }) => thing(fact)))
  const outcomes = steps
    .flatMap(({ ensures, restores }) => [...ensures, ...restores])
    .filter((fact) => isOfCluster(fact) && own.has(thing(fact)))
  const missed = new Set((await readMismatches(run, outcomes)).map(({ fact }) => fact))
  const reached = new Set(outcomes.filter((fact) => !missed.has(fact)).map(thing))
  const mismatches = known.filter(({ fact }) => !reached.has(thing(fact)))
  const step = steps.find(({ requires }) => requires.some((fact) => fact === mismatches[0]?.fact))
  return step === undefined ? undefined : { step: step.id, mismatches }
}

function reliedOn(steps: readonly Step[]): Fact[] {
  const brought = new Set<string>()
  return steps.flatMap(({ requires, ensures }) => {
    const own = requires.filter((fact) => isOfCluster(fact) && !brought.has(thing(fact)))
    for (const fact of ensures) brought.add(thing(fact))
    return own
  })
}

/** Whether something is used is asked last: the steps before are what ends the use. */
function isOfCluster(fact: Fact): boolean {
  return !isOneNodesOwn(fact) && fact.fact !== 'unused'
}

/** What a fact is about, on whatever node. */
function thing(fact: Fact): string {
  switch (fact.fact) {
    case 'mount':
    case 'no_mount':
    case 'running':
      return `mount ${fact.mount}`
    case 'connection':
      return `connection ${fact.connection}`
    case 'entry':
    case 'unused':
      return `entry ${fact.plugin} ${fact.version}`
    case 'no_namespaces':
      return 'namespaces'
  }
}
