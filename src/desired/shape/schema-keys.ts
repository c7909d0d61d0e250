/** The keys the JSON Schema knows at a place in the file, so that messages never list others. */
import schema from '../../../schemas/desired-state.schema.json' with { type: 'json' }
import type { Path } from '../yaml/yaml-tree.ts'

interface SchemaNode {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: boolean | SchemaNode
  readonly items?: SchemaNode
}

/** Sorted as the schema has them; empty where any key may stand. */
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
