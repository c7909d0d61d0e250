/** Makes the text of src/desired/shape-validator.generated.ts from the JSON Schema. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import schema from '../../schemas/desired-state.schema.json' with { type: 'json' }

const HEADER = `// Generated from schemas/desired-state.schema.json; edit the schema instead.
// @ts-nocheck
`

/** The same schema less what only people read: the validator carries a copy of it. */
function strip(node: unknown, inProperties = false): unknown {
  if (Array.isArray(node)) return node.map((item) => strip(item))
  if (node === null || typeof node !== 'object') return node
  const forPeople = new Set(['description', 'examples', 'title', 'default'])
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => inProperties || !forPeople.has(key))
      .map(([key, value]) => [key, strip(value, key === 'properties' && !inProperties)]),
  )
}

export function compileValidator(): string {
  const ajv = new Ajv2020({
    allErrors: true,
    // Dates are read by the loader, and no length here but zero matters.
    validateFormats: false,
    unicode: false,
    logger: false,
    code: { source: true, esm: true, lines: true },
  })
  ajv.addSchema(strip(schema) as object)
  return HEADER + standalone.default(ajv, { validateDesiredState: schema.$id })
}
