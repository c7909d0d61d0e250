/** After the last step: reads every node, plans again, and expects an empty plan. */
import type { Plan } from '../documents/plan.generated.ts'
import type { AwayNode, RunOutcome, Unconfirmed } from '../documents/run-outcome.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import type { SeenAnswers } from '../apply/facts/seen-answers.ts'
import { faultOf } from '../apply/stop-reasons.ts'
import type { LiveState } from '../domain/live.ts'
import { type Context, pluginsOf } from './context.ts'
import { draftFrom, type MadePlan } from './make-plan.ts'

export interface ConvergenceOptions {
  /** Seconds to wait for a node that does not answer for itself. */
  readonly patience: number
  readonly context: Context
  /** The mounts that the run has just seen to answer. */
  readonly answers: SeenAnswers
}

type DoneOutcome = RunOutcome & { readonly kind: 'done' }

/** Milliseconds that nodes may take to agree if all of them answer. */
const AGREEMENT_LIMIT = 15_000
/** Milliseconds between two readings. */
const READ_INTERVAL = 500

/**
 * Adds to the outcome what the last reading of the cluster showed. Plans with the same journals as
 * the applied plan, and with the journal of the run. Sets `unconfirmed` in three cases: planning
 * again finds steps for as long as nodes that all answer may take to agree; a node of the plan does
 * not answer within `patience`; the cluster could not be read. The last includes a token that
 * expired meanwhile: the steps were done and must be reported, so no error is thrown.
 */
export async function checkConverged(
  outcome: DoneOutcome,
  made: MadePlan,
  { patience, context, answers }: ConvergenceOptions,
): Promise<DoneOutcome> {
  const { now, wait } = context
  const began = now().getTime()
  for (;;) {
    const { unconfirmed, away } = await planAgain(made, context, answers).catch(explainUnread)
    const waited = now().getTime() - began
    const limit = unconfirmed?.kind === 'more_to_do' ? AGREEMENT_LIMIT : patience * 1000
    if (unconfirmed === undefined || waited >= limit) {
      const nodes = outcome.atEnd?.nodes ?? made.plan.cluster.nodes
      const differing = outcome.atEnd?.differing ?? []
      const atEnd = { nodes, differing, away: away ?? outcome.atEnd?.away ?? [] }
      return { ...outcome, atEnd, ...(unconfirmed !== undefined && { unconfirmed }) }
    }
    await wait(READ_INTERVAL)
  }
}

interface Reading {
  readonly unconfirmed?: Unconfirmed
  /** The nodes that could not be read; absent if the cluster could not be read. */
  readonly away?: readonly AwayNode[]
}

/** Whatever fails here: the steps are done, and the outcome must say so. */
function explainUnread(error: unknown): Reading {
  const { message, hint } = faultOf(error)
  const why = hint === undefined ? message : `${message}. ${hint}`
  return { unconfirmed: { kind: 'cluster_not_read', why } }
}

async function planAgain(
  { plan, desired, file }: MadePlan,
  context: Context,
  answers: SeenAnswers,
): Promise<Reading> {
  const live = await context.observe(pluginsOf(desired), undefined, answers.has)
  const away = findAway(plan, live)
  // The plan was accepted with the knowledge that these nodes did not answer.
  const known = new Set(
    plan.cluster.nodes.filter(({ state }) => state !== 'serving').map(({ address }) => address),
  )
  if (away.some(({ node }) => !known.has(node))) {
    return { unconfirmed: { kind: 'nodes_not_seen' }, away }
  }
  const { draft } = await draftFrom({ desired, live, ...(file !== undefined && { file }) }, context)
  const { steps } = draft
  if (steps.length === 0) return { away }
  const remaining = steps.map(({ id, why }) => ({ id, why }))
  return { unconfirmed: { kind: 'more_to_do', steps: remaining }, away }
}

/** The nodes of the plan that do not answer for themselves. */
function findAway(plan: Plan, live: LiveState): readonly AwayNode[] {
  // If only the active node runs plugins, a node that became a standby runs nothing to check.
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
