/**
 * Makes the plan from desired state and live state. Pure: the same inputs give the same bytes. What
 * the file asks for and no request can do is returned beside the steps, for the rules to judge.
 */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Change, Plan, Step } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { compareText } from '../domain/names.ts'
import { describeChanges } from './changes.ts'
import { desiredDocument } from './desired-document.ts'
import { indexLive, type LiveIndex } from '../domain/live-index.ts'
import { recordNode } from '../domain/node-identity.ts'
import { NO_PAST, type Past } from './past.ts'
import { mergeBlocks, orderSteps } from './order.ts'
import { planPlugin } from './plugin-steps.ts'
import { findAllTargets, type Impossible, type PluginTargets } from './targets.ts'

/** A plan before the rules judge it. */
export interface DraftPlan {
  readonly steps: readonly Step[]
  readonly changes: readonly Change[]
  readonly impossible: readonly Impossible[]
  /** In the file's sorted order. */
  readonly targets: readonly PluginTargets[]
  readonly index: LiveIndex
  /** What the journals of earlier runs record. */
  readonly past: Past
}

/**
 * The steps from `live` to `desired`. `past`: what earlier runs left unfinished, if journals were
 * read.
 */
export function draftPlan(desired: DesiredState, live: LiveState, past: Past = NO_PAST): DraftPlan {
  const index = indexLive(live)
  const targets = findAllTargets(desired, index)
  const planned = targets.map(({ plugin, targets }) =>
    planPlugin(plugin, targets, { live, index, past }),
  )
  const steps = orderSteps([
    ...mergeBlocks(planned.map(({ registrations }) => registrations)),
    ...planned.flatMap(({ mountBlocks: moves }) => moves),
    ...mergeBlocks(planned.map(({ retirements }) => retirements)),
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
  /** Absent if the file has no `binary_check` or the plan starts no binary. */
  readonly binaryCheck?: NonNullable<Plan['cluster']['binary_check']>
}

declare const fresh: unique symbol
/**
 * A plan that this process made from a live state that it just read. Only such a plan is carried
 * out. A plan that was read from a file is a `Plan`, whatever the file says.
 */
export type FreshPlan = Plan & { readonly [fresh]: true }

/** The plan document of a judged draft, with its id. `judgement` was made with `desired.allow`. */
export function finishPlan(
  draft: DraftPlan,
  desired: DesiredState,
  live: LiveState,
  { binaryCheck, ...judgement }: Judgement,
): FreshPlan {
  const lock = desired.cluster.lock?.kv
  const journal = desired.cluster.journal?.kv
  const plan = {
    format: 2 as const,
    cluster: {
      id: live.cluster.id,
      name: live.cluster.name,
      product: live.product,
      server_version: live.server_version,
      nodes: live.nodes.map(({ role, state, ...node }) => ({ ...recordNode(node), role, state })),
      ...(lock !== undefined && { lock }),
      ...(journal !== undefined && { journal }),
      ...(binaryCheck !== undefined && { binary_check: binaryCheck }),
    },
    desired: desiredDocument(desired),
    changes: [...draft.changes],
    steps: [...draft.steps],
    ...judgement,
  }
  return { ...plan, plan_id: planId(plan) } as FreshPlan
}

/**
 * SHA-256 of the plan in canonical JSON (RFC 8785), without its id, the time it was saved, and the
 * comparison with other files: with and without one, the plan does the same. Nor does the id depend
 * on the address of a node that has an id of its own.
 */
export function planId(plan: Omit<Plan, 'plan_id' | 'created_at'> & Partial<Plan>): string {
  const { plan_id: _id, created_at: _at, against: _against, ...content } = plan
  return sha256(identifyNodes(content))
}

/** The id of a comparison: an edit of it, or its move to another plan, can be seen. */
export function comparisonId(
  planIdOfIt: string,
  comparison: Omit<NonNullable<Plan['against']>, 'id'>,
): string {
  return hashOf({ ...comparison, plan_id: planIdOfIt })
}

type PlanContent = Omit<Plan, 'plan_id' | 'created_at' | 'against'>

/**
 * The canonical text of a plan, with the ids of its nodes in place of their addresses. What the files
 * ask for stays as it is, addresses in the arguments of a plugin too: a plan with other arguments is
 * another plan.
 */
function identifyNodes(content: PlanContent): string {
  const ids = new Map<string, string>(
    content.cluster.nodes.flatMap(({ address, id, id_source }) =>
      id === undefined ? [] : [[address, JSON.stringify([id_source, id])] as const],
    ),
  )
  if (ids.size === 0) return canonicalText(content)
  const { desired, findings, ...rest } = content
  // The longest first, and none in the middle of a longer one: an address can begin another.
  const addresses = [...ids.keys()].sort((a, b) => b.length - a.length).map(escapePattern)
  const pattern = new RegExp(`(?:${addresses.join('|')})(?![\\w-]|[.:]\\w)`, 'g')
  // Canonical JSON has no NUL, so no text of a plan can be mistaken for an id.
  const identified = (value: unknown): string =>
    canonicalText(value).replace(pattern, (address) => `\0${ids.get(address) ?? address}\0`)
  // Findings are sorted by their texts, which hold addresses.
  const sorted = findings.map(identified).sort(compareText)
  return [canonicalText(desired), identified(rest), ...sorted].join('\n')
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function hashOf(content: object): string {
  return sha256(canonicalText(content))
}

function canonicalText(value: unknown): string {
  return canonicalize(value) ?? ''
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
