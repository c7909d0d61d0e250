/** Finds the keys that the JSON Schema allows at a place, so that messages list exactly these. */
import schema from '../../../schemas/desired-state.schema.json' with { type: 'json' }
import type { Path } from '../yaml/yaml-tree.ts'

interface SchemaNode {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: boolean | SchemaNode
  readonly items?: SchemaNode
}

/** In the order of the schema; empty if any key is allowed. */
export function knownKeys(path: Path): readonly string[] {
  let node = resolve(schema as unknown as SchemaNode)
  for (const segment of path) {
    const below = node.properties?.[String(segment)] ?? node.additionalProperties ?? node.items
    if (typeof below !== 'object') return []
    node = resolve(below)
  }
  return Object.keys(node.properties ?? {})
}

function resolve(node: SchemaNode): SchemaNode {
  const name = node.$ref?.replace('#/$defs/', '')
  const definitions = schema.$defs as unknown as Readonly<Record<string, SchemaNode>>
  return name === undefined ? node : (definitions[name] ?? node)
}
