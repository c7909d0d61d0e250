/**
 * Renders plans as a comment on a pull request, with the commit of the CI system and the date on
 * which a plan expires.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { shellWords } from '../domain/shell-words.ts'
import { isUnchanged, readPlanToShow } from '../operations/plan-files/plan-file.ts'
import { type ReviewedPlan, renderPlansMarkdown } from '../render/markdown/plan-markdown.ts'
import { ciCommit } from './host/ci-commit.ts'
import type { Host } from './host/host.ts'
import type { CommentOptions } from './options.ts'
import { VERSION } from './version.ts'

type PlanToReview = Omit<ReviewedPlan, 'expiresAt'>

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
  const plans = shown.map(({ path, plan, isEdited }) => ({
    plan,
    isEdited,
    apply: shellWords(['lockstep', 'apply', path]),
    seeAll: shellWords(['lockstep', 'show', path, '--detail']),
  }))
  return planComment(plans, options, host)
}

/** Markdown. Throws a LockstepError if `renderPlansMarkdown` does. */
export function planComment(
  plans: readonly PlanToReview[],
  { markdownLimit, maxAge }: CommentOptions,
  host: Host,
): string {
  const commit = ciCommit(host)
  const reviewed = plans.map((entry): ReviewedPlan => {
    const madeAt = Date.parse(entry.plan.created_at ?? '')
    return Number.isNaN(madeAt)
      ? entry
      : { ...entry, expiresAt: new Date(madeAt + maxAge * 1000).toISOString() }
  })
  return renderPlansMarkdown(reviewed, {
    limit: markdownLimit,
    version: VERSION,
    now: host.now().toISOString(),
    ...(commit !== undefined && { commit }),
  })
}
