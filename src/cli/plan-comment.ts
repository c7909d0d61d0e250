/**
 * Renders plans as a comment on a pull request, with the commit of the CI system and the date on
 * which a plan expires.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { shellWords } from '../domain/shell-words.ts'
import { isUnchanged, readPlanToShow } from '../operations/plan-files/plan-file.ts'
import { renderPlansMarkdown } from '../render/markdown/plan-markdown.ts'
import type { ReviewedPlan } from '../render/plan-review.ts'
import { ciCommit } from './host/ci-commit.ts'
import type { Host } from './host/host.ts'
import type { CommentOptions } from './options.ts'
import { VERSION } from './version.ts'

export type PlanToReview = Omit<ReviewedPlan, 'expiresAt'>

/** A plan file to show. */
export interface ShownPlan {
  readonly path: string
  readonly plan: Plan
  /** True if the content does not match the plan id. */
  readonly isEdited: boolean
}

/** Reads plan files to show them. Throws a LockstepError for a file that is not a plan. */
export async function readPlansToShow(paths: readonly string[]): Promise<ShownPlan[]> {
  const shown: ShownPlan[] = []
  for (const path of paths) {
    const plan = await readPlanToShow(path)
    shown.push({ path, plan, isEdited: !isUnchanged(plan) })
  }
  return shown
}

/** Renders plan files as one comment. Throws a LockstepError if `renderPlansMarkdown` does. */
export function savedPlansComment(
  shown: readonly ShownPlan[],
  options: CommentOptions,
  host: Host,
): string {
  return planComment(shown.map(toReview), options, host)
}

/** Adds the commands of a plan file. */
export function toReview({ path, plan, isEdited }: ShownPlan): PlanToReview {
  return {
    plan,
    isEdited,
    apply: shellWords(['lockstep', 'apply', path]),
    seeAll: shellWords(['lockstep', 'show', path, '--detail']),
  }
}

/** Markdown. Throws a LockstepError if `renderPlansMarkdown` does. */
export function planComment(
  plans: readonly PlanToReview[],
  options: CommentOptions,
  host: Host,
): string {
  const commit = ciCommit(host)
  return renderPlansMarkdown(withExpiry(plans, options), {
    limit: options.markdownLimit,
    version: VERSION,
    now: host.now().toISOString(),
    ...(commit !== undefined && { commit }),
  })
}

/** Adds when each saved plan expires; not to a plan whose date cannot be read. */
export function withExpiry(
  plans: readonly PlanToReview[],
  { maxAge }: Pick<CommentOptions, 'maxAge'>,
): ReviewedPlan[] {
  return plans.map((entry): ReviewedPlan => {
    const expires = new Date(Date.parse(entry.plan.created_at ?? '') + maxAge * 1000)
    return Number.isNaN(expires.getTime()) ? entry : { ...entry, expiresAt: expires.toISOString() }
  })
}
