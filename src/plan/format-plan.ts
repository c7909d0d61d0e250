/** A plan as JSON, the same on a terminal and in a file. Its id is over another, the canonical form. */
import { jsonText } from '../domain/printable.ts'
import type { Plan } from '../documents/plan.generated.ts'

export function formatPlan(plan: Plan): string {
  return `${jsonText(plan, 2)}\n`
}
