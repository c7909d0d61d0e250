/** Checks a plan that comes from outside against its schema. */
import type { ErrorObject, ValidateFunction } from 'ajv'
import { validatePlan } from './plan-validator.generated.ts'

/** What is wrong with a document as a plan: where, and what; undefined for a plan. */
export function findPlanFault(document: unknown): string | undefined {
  const validate = validatePlan as ValidateFunction
  return validate(document) ? undefined : describe(validate.errors)
}

/** The deepest complaint, which is the most to the point. */
function describe(errors: readonly ErrorObject[] | null | undefined): string {
  const [first] = [...(errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length)
  if (first === undefined) return 'it does not fit the schema'
  const where = first.instancePath === '' ? 'the document' : first.instancePath
  return `${where} ${first.message ?? 'does not fit the schema'}`
}
