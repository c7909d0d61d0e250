// Writes src/documents/*.generated.ts from schemas/*.schema.json: the schemas are the one source
// of every document's shape. A `lockstep-…` format becomes the branded string of domain/names.ts.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { compile } from 'json-schema-to-typescript'

const BRANDS = {
  'lockstep-plugin': 'PluginId',
  'lockstep-version': 'Version',
  'lockstep-sha256': 'Sha256',
  'lockstep-mount': 'MountPath',
  'lockstep-connection': 'ConnectionPath',
  'lockstep-node': 'NodeAddress',
  'lockstep-namespace': 'Namespace',
}

function brand(node, used) {
  if (Array.isArray(node)) return node.map((item) => brand(item, used))
  if (node === null || typeof node !== 'object') return node
  const type = BRANDS[node.format]
  if (type !== undefined) {
    used.add(type)
    return { ...(node.description && { description: node.description }), tsType: type }
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, brand(value, used)]))
}

const check = process.argv.includes('--check')
const schemas = (await readdir('schemas')).filter((name) => name.endsWith('.schema.json')).sort()
for (const name of schemas) {
  const used = new Set()
  const schema = brand(JSON.parse(await readFile(`schemas/${name}`, 'utf8')), used)
  delete schema.$id
  const types = await compile(schema, schema.title, {
    bannerComment: '',
    additionalProperties: false,
    unreachableDefinitions: false,
    ignoreMinAndMaxItems: true,
    style: { semi: false, singleQuote: true, printWidth: 100 },
  })
  const imports =
    used.size === 0
      ? ''
      : `import type { ${[...used].sort().join(', ')} } from '../domain/names.ts'\n\n`
  const text = `// Generated from schemas/${name} by \`npm run generate\`; edit the schema instead.\n${imports}${types}`
  const target = `src/documents/${name.replace('.schema.json', '.generated.ts')}`
  const before = await readFile(target, 'utf8').catch(() => '')
  if (before === text) continue
  if (check) {
    console.error(`${target} is not what ${name} says: run npm run generate`)
    process.exitCode = 1
  } else await writeFile(target, text)
}
