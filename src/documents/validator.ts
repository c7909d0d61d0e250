/**
 * Validates plans and journals with their schemas. They come from files, so anyone may have written
 * them.
 */
import type { ErrorObject, ValidateFunction } from 'ajv'
import { validateJournalEvent, validatePlan } from './validators.generated.ts'

/** The most characters of an unknown property's name that are shown. */
const LONGEST_NAME = 60

/** Where and why a document is not a plan. Undefined for a plan. */
export function findPlanProblem(document: unknown): string | undefined {
  return findProblem(validatePlan as ValidateFunction, document)
}

/** Where and why a parsed line of a journal is not an event. Undefined for an event. */
export function findEventProblem(document: unknown): string | undefined {
  return findProblem(validateJournalEvent as ValidateFunction, document)
}

function findProblem(validate: ValidateFunction, document: unknown): string | undefined {
  return validate(document) ? undefined : describe(validate.errors)
}

/** Describes the deepest error, which is the most specific one. */
function describe(errors: readonly ErrorObject[] | null | undefined): string {
  const [first] = [...(errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length)
  if (first === undefined) return 'it does not fit the schema'
  const { instancePath, keyword, params, message } = first
  if (keyword === 'discriminator') return `${instancePath}/${params['tag']} is missing or not known`
  const where = instancePath === '' ? 'the document' : instancePath
  if (keyword === 'additionalProperties') {
    return `${where} has a property that is not known: ${JSON.stringify(params['additionalProperty']).slice(0, LONGEST_NAME)}`
  }
  return `${where} ${message ?? 'does not fit the schema'}`
}
