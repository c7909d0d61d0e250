/**
 * Renders plans as a comment on a pull request, with the commit of the CI system and the date on
 * which a plan expires.
 */
import { type ReviewedPlan, renderPlansMarkdown } from '../render/markdown/plan-markdown.ts'
import { ciCommit } from './host/ci-commit.ts'
import type { Host } from './host/host.ts'
import type { ReviewOptions } from './options.ts'
import { VERSION } from './version.ts'

type PlanToReview = Omit<ReviewedPlan, 'expiresAt'>

/** Markdown. Throws a LockstepError if `renderPlansMarkdown` does. */
export function planComment(
  plans: readonly PlanToReview[],
  { markdownLimit, maxAge }: ReviewOptions,
  host: Host,
): string {
  const commit = ciCommit(host)
  const reviewed = plans.map((one): ReviewedPlan => {
    const madeAt = Date.parse(one.plan.created_at ?? '')
    return Number.isNaN(madeAt)
      ? one
      : { ...one, expiresAt: new Date(madeAt + maxAge * 1000).toISOString() }
  })
  return renderPlansMarkdown(reviewed, {
    limit: markdownLimit,
    version: VERSION,
    now: host.now().toISOString(),
    ...(commit !== undefined && { commit }),
  })
}
