/** Checks plans and journals that come from outside against their schemas. */
import type { ErrorObject, ValidateFunction } from 'ajv'
import { validateJournalEvent, validatePlan } from './validators.generated.ts'

/** Characters of a name that anybody may have written. */
const LONGEST_NAME = 60

/** What is wrong with a document as a plan: where, and what; undefined for a plan. */
export function findPlanFault(document: unknown): string | undefined {
  return findFault(validatePlan as ValidateFunction, document)
}

/** What is wrong with a line of a journal, as parsed: where, and what; undefined for an event. */
export function findEventFault(document: unknown): string | undefined {
  return findFault(validateJournalEvent as ValidateFunction, document)
}

function findFault(validate: ValidateFunction, document: unknown): string | undefined {
  return validate(document) ? undefined : describe(validate.errors)
}

/** The deepest complaint, which is the most to the point. */
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
