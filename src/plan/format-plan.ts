/** A plan as JSON, the same on a terminal and in a file. Its id is over another, the canonical form. */
import type { Plan } from '../documents/plan.generated.ts'

export function formatPlan(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`
}
