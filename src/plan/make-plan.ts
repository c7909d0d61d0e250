/**
 * Desired state × live state → plan. Pure and deterministic: the same inputs give the same bytes.
 * What no request can bring about is returned beside the steps, for the rules to judge.
 */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Change, Plan, Step } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { describeChanges } from './changes.ts'
import { desiredDocument } from './desired-document.ts'
import { indexLive, type LiveIndex } from '../domain/live-index.ts'
import { NO_PAST, type Past } from './past.ts'
import { besideEachOther, orderSteps } from './order.ts'
import { planPlugin } from './plugin-steps.ts'
import { findAllTargets, type Impossible, type PluginTargets } from './targets.ts'

/** A plan before it was judged. */
export interface DraftPlan {
  readonly steps: readonly Step[]
  readonly changes: readonly Change[]
  readonly impossible: readonly Impossible[]
  /** In the file's sorted order. */
  readonly targets: readonly PluginTargets[]
  readonly index: LiveIndex
  /** What the journals of earlier runs on this machine say. */
  readonly past: Past
}

/** `past`: what earlier runs left unfinished, where that is known. */
export function draftPlan(desired: DesiredState, live: LiveState, past: Past = NO_PAST): DraftPlan {
  const index = indexLive(live)
  const targets = findAllTargets(desired, index)
  const planned = targets.map(({ plugin, targets }) =>
    planPlugin(plugin, targets, { live, index, past }),
  )
  const steps = orderSteps([
    ...besideEachOther(planned.map(({ registrations }) => registrations)),
    ...planned.flatMap(({ moves }) => moves),
    ...besideEachOther(planned.map(({ retirements }) => retirements)),
    ...planned.flatMap(({ lastMounts }) => lastMounts),
  ])
  return {
    steps,
    changes: describeChanges(steps, index),
    impossible: targets.flatMap(({ targets }) => targets.impossible),
    targets,
    index,
    past,
  }
}

export type Judgement = Pick<Plan, 'findings' | 'rehearsal'> & {
  /** Absent where the file has no check of the nodes' disks, or the plan starts nothing. */
  readonly binaryCheck?: NonNullable<Plan['cluster']['binary_check']>
}

declare const fresh: unique symbol
/**
 * A plan that this process has made from what it has just read of the cluster. Only such a plan is
 * carried out: a plan that was read from a file is a `Plan`, whatever it says of itself.
 */
export type FreshPlan = Plan & { readonly [fresh]: true }

/** The plan document of a judged draft, with its id. `desired.allow` is what `judgement` went by. */
export function finishPlan(
  draft: DraftPlan,
  desired: DesiredState,
  live: LiveState,
  { binaryCheck, ...judgement }: Judgement,
): FreshPlan {
  const lock = desired.cluster.lock?.kv
  const plan = {
    format: 2 as const,
    cluster: {
      id: live.cluster.id,
      name: live.cluster.name,
      product: live.product,
      server_version: live.server_version,
      nodes: live.nodes.map(({ address, role, state }) => ({ address, role, state })),
      ...(lock !== undefined && { lock }),
      ...(binaryCheck !== undefined && { binary_check: binaryCheck }),
    },
    desired: desiredDocument(desired),
    changes: [...draft.changes],
    steps: [...draft.steps],
    ...judgement,
  }
  return { ...plan, plan_id: planId(plan) } as FreshPlan
}

/** SHA-256 of the plan in canonical JSON (RFC 8785), without its id and the time it was saved. */
export function planId(plan: Omit<Plan, 'plan_id' | 'created_at'> & Partial<Plan>): string {
  const { plan_id: _id, created_at: _at, ...content } = plan
  return createHash('sha256')
    .update(canonicalize(content) ?? '')
    .digest('hex')
}
