/**
 * Writes a plan as JSON, the same on a terminal and in a file. The plan's id is a hash of another
 * form, canonical JSON.
 */
import { jsonText } from '../domain/printable.ts'
import type { Plan } from '../documents/plan.generated.ts'

/** The plan as indented JSON with a line end. */
export function formatPlan(plan: Plan): string {
  return `${jsonText(plan, 2)}\n`
}
