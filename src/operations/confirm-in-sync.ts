/** After the last step: plans again, from what every node shows now, and expects nothing to do. */
import { readPast } from '../journal/past-runs.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { AwayNode, RunOutcome, Unconfirmed } from '../documents/run-outcome.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import type { DesiredState } from '../domain/desired.ts'
import { LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { draftPlan } from '../plan/make-plan.ts'

export interface Confirmation {
  readonly plan: Plan
  readonly desired: DesiredState
  /** Reads the cluster, the mounts of the plan's plugins included. */
  readonly observe: () => Promise<LiveState>
  /** Where the cluster's journals are kept, that of the run which has just ended among them. */
  readonly folder: string
  /** Seconds to wait for a node that does not answer for itself. */
  readonly patience: number
  readonly now: () => Date
  /** Waits so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<unknown>
}

type DoneOutcome = RunOutcome & { readonly kind: 'done' }

/** Milliseconds that nodes which all answer may take to agree, and how often they are asked. */
const AGREED_WITHIN = 15_000
const LOOK_EVERY = 500

/**
 * The outcome with what the last look at the cluster showed. `unconfirmed` where planning again finds
 * something to do for as long as nodes that all answer may take to agree, or where a node of the plan
 * does not answer for itself within `patience`, or where the cluster could not be read: with a
 * token that ended meanwhile too, since the steps were done and must be told.
 */
export async function confirmInSync(
  outcome: DoneOutcome,
  confirmation: Confirmation,
): Promise<DoneOutcome> {
  const { plan, patience, now, wait } = confirmation
  const began = now().getTime()
  for (;;) {
    const { unconfirmed, away } = await look(confirmation)
    const waited = now().getTime() - began
    const limit = unconfirmed?.kind === 'more_to_do' ? AGREED_WITHIN : patience * 1000
    if (unconfirmed === undefined || waited >= limit) {
      const nodes = outcome.atEnd?.nodes ?? plan.cluster.nodes
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

async function look({ plan, desired, observe, folder }: Confirmation): Promise<Look> {
  const live = await observe().catch((error: unknown) => {
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
  const { steps } = draftPlan(desired, live, readPast(folder, live.cluster.id))
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
