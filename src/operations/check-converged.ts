/** After the last step: plans again, from what every node shows now, and expects nothing to do. */
import type { Plan } from '../documents/plan.generated.ts'
import type { AwayNode, RunOutcome, Unconfirmed } from '../documents/run-outcome.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { type Context, pluginsOf } from './context.ts'
import { draftFrom, type MadePlan } from './make-plan.ts'

export interface ConvergenceOptions {
  /** Seconds to wait for a node that does not answer for itself. */
  readonly patience: number
  readonly context: Context
}

type DoneOutcome = RunOutcome & { readonly kind: 'done' }

/** Milliseconds that nodes which all answer may take to agree, and how often they are asked. */
const AGREED_WITHIN = 15_000
const LOOK_EVERY = 500

/**
 * The outcome with what the last look at the cluster showed. Plans with the same past as the plan
 * that was applied, the journal of the run among it. `unconfirmed` if planning again finds something
 * to do for as long as nodes that all answer may take to agree, or if a node of the plan does not
 * answer for itself within `patience`, or if the cluster could not be read: also with a token that
 * ended meanwhile, since the steps were done and must be reported.
 */
export async function checkConverged(
  outcome: DoneOutcome,
  made: MadePlan,
  { patience, context }: ConvergenceOptions,
): Promise<DoneOutcome> {
  const { now, wait } = context
  const began = now().getTime()
  for (;;) {
    const { unconfirmed, away } = await look(made, context)
    const waited = now().getTime() - began
    const limit = unconfirmed?.kind === 'more_to_do' ? AGREED_WITHIN : patience * 1000
    if (unconfirmed === undefined || waited >= limit) {
      const nodes = outcome.atEnd?.nodes ?? made.plan.cluster.nodes
      const differing = outcome.atEnd?.differing ?? []
      const atEnd = { nodes, differing, away: away ?? outcome.atEnd?.away ?? [] }
      return { ...outcome, atEnd, ...(unconfirmed !== undefined && { unconfirmed }) }
    }
    await wait(LOOK_EVERY)
  }
}

interface Look {
  readonly unconfirmed?: Unconfirmed
  /** The nodes that could not be seen; absent where nobody could look. */
  readonly away?: readonly AwayNode[]
}

async function look({ plan, desired, file }: MadePlan, context: Context): Promise<Look> {
  const live = await context.observe(pluginsOf(desired)).catch((error: unknown) => {
    if (error instanceof LockstepError) return error
    throw error
  })
  if (live instanceof LockstepError) {
    const { message, hint } = live
    const why = hint === undefined ? message : `${message}. ${hint}`
    return { unconfirmed: { kind: 'cluster_not_read', why } }
  }
  const away = findAway(plan, live)
  // The plan was accepted knowing of those that did not answer then.
  const known = new Set(
    plan.cluster.nodes.filter(({ state }) => state !== 'serving').map(({ address }) => address),
  )
  if (away.some(({ node }) => !known.has(node))) {
    return { unconfirmed: { kind: 'nodes_not_seen' }, away }
  }
  const { draft } = await draftFrom({ desired, live, ...(file !== undefined && { file }) }, context)
  const { steps } = draft
  if (steps.length === 0) return { away }
  const told = steps.map(({ id, why }) => ({ id, why }))
  return { unconfirmed: { kind: 'more_to_do', steps: told }, away }
}

/** The nodes of the plan that do not answer for themselves. */
function findAway(plan: Plan, live: LiveState): readonly AwayNode[] {
  // A node that became a standby that forwards runs nothing that could be seen.
  if (onlyActiveRuns(plan.cluster)) return []
  const changed = new Set(
    plan.steps
      .flatMap(({ ensures }) => ensures)
      .flatMap((fact) => (fact.fact === 'running' ? [fact.mount] : [])),
  )
  const starts = live.mounts
    .filter(({ path }) => changed.has(path))
    .map(({ path, configured_version: version }) => ({ mount: path, version }))
  return plan.cluster.nodes.flatMap(({ address }) => {
    const now = live.nodes.find((node) => node.address === address)
    if (now?.state === 'serving') return []
    const why = now?.detail ?? now?.state ?? 'the cluster no longer lists it'
    return [{ node: address, why, starts }]
  })
}
