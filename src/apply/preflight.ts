/**
 * Checks before the first step whether the cluster is still as planned: a change is better found
 * here than in the middle of the run. A plan of which an earlier run did a part still fits.
 */
import type { Fact, Step } from '../documents/plan.generated.ts'
import type { Mismatch } from '../documents/run-outcome.ts'
import { isOneNodesOwn, isUnseen } from './facts/mismatch.ts'
import { readMismatches } from './facts/wait-for-facts.ts'
import type { RunContext } from './run-context.ts'

export interface Stale {
  readonly step: string
  readonly mismatches: readonly Mismatch[]
}

/**
 * Reads what the steps require and no earlier step brings about, and returns the first step whose
 * requirements do not hold. Facts of single nodes are left to the steps, which wait for a node.
 */
export async function findStale(run: RunContext): Promise<Stale | undefined> {
  const { steps } = run.plan
  const end = { isOver: run.stop.mustStop }
  const broken = await readMismatches(run, reliedOn(steps), end)
  const known = broken.filter((mismatch) => !isUnseen(mismatch))
  if (known.length === 0) return undefined
  // An earlier run of this plan may have changed it: by the step itself, or by its rollback.
  const things = new Set(known.map(({ fact }) => thing(fact)))
  const outcomes = steps
    .flatMap(({ ensures, restores }) => [...ensures, ...restores])
    .filter((fact) => isOfCluster(fact) && things.has(thing(fact)))
  const missed = new Set((await readMismatches(run, outcomes, end)).map(({ fact }) => fact))
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

/** Not whether an entry is unused: the steps before are what ends its use. */
function isOfCluster(fact: Fact): boolean {
  return !isOneNodesOwn(fact) && fact.fact !== 'unused'
}

/** Returns what a fact is about, whatever the node. */
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
