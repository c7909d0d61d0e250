/** Checks a document against its schema. Loaded only where documents come from outside. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import planSchema from '../../schemas/plan.schema.json' with { type: 'json' }

/** Strings that are branded in the types; what they may hold is checked where they are made. */
const BRANDED = ['plugin', 'version', 'sha256', 'mount', 'connection', 'node', 'namespace'] as const

/** A validator of plans. Building it takes some milliseconds: once a process. */
export function createPlanValidator(): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, discriminator: false })
  addFormats.default(ajv)
  for (const name of BRANDED) ajv.addFormat(`lockstep-${name}`, true)
  return ajv.compile(planSchema)
}

/** The deepest complaint, which is the most to the point: where, and what. */
export function describeSchemaError(errors: readonly ErrorObject[] | null | undefined): string {
  const [first] = [...(errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length)
  if (first === undefined) return 'it does not fit the schema'
  const where = first.instancePath === '' ? 'the document' : first.instancePath
  return `${where} ${first.message ?? 'does not fit the schema'}`
}
