/** Renders a plan as a comment, as `lockstep show plan.json --markdown` does. */
import type { Plan } from '../../src/documents/plan.generated.ts'
import { DEFAULT_LIMIT } from '../../src/render/markdown/default-limit.ts'
import {
  type CommentOptions,
  renderPlansMarkdown,
} from '../../src/render/markdown/plan-markdown.ts'
import type { ReviewedPlan } from '../../src/render/plan-review.ts'

const OPTIONS: CommentOptions = {
  limit: DEFAULT_LIMIT,
  version: '1.0.0',
  now: '2026-05-01T10:00:00.000Z',
  commit: '0123456789abcdef0123456789abcdef01234567',
}

export function reviewed(plan: Plan, overrides: Partial<ReviewedPlan> = {}): ReviewedPlan {
  return {
    plan: { created_at: '2026-05-01T09:30:00.000Z', ...plan },
    isEdited: false,
    apply: 'lockstep apply plan.json',
    seeAll: 'lockstep show plan.json --detail',
    expiresAt: '2026-05-02T09:30:00.000Z',
    ...overrides,
  }
}

export function renderComment(
  plans: readonly ReviewedPlan[],
  options: Partial<CommentOptions> = {},
): string {
  return renderPlansMarkdown(plans, { ...OPTIONS, ...options })
}

export function renderPlanMarkdown(plan: Plan, options: Partial<CommentOptions> = {}): string {
  return renderComment([reviewed(plan)], options)
}
