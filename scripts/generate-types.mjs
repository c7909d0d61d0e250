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

function brand(node, used, foreign) {
  if (Array.isArray(node)) return node.map((item) => brand(item, used, foreign))
  if (node === null || typeof node !== 'object') return node
  const other = /^lockstep:([a-z-]+)#\/\$defs\/([a-z_]+)$/.exec(node.$ref ?? '')
  if (other !== null) {
    const type = other[2].replace(/(^|_)([a-z])/g, (_, _start, letter) => letter.toUpperCase())
    const file = `./${other[1]}.generated.ts`
    foreign.set(file, (foreign.get(file) ?? new Set()).add(type))
    return { tsType: type }
  }
  const type = BRANDS[node.format]
  if (type !== undefined) {
    used.add(type)
    return { ...(node.description && { description: node.description }), tsType: type }
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, brand(value, used, foreign)]),
  )
}

const check = process.argv.includes('--check')
const schemas = (await readdir('schemas')).filter((name) => name.endsWith('.schema.json')).sort()
for (const name of schemas) {
  const used = new Set()
  const foreign = new Map()
  const schema = brand(JSON.parse(await readFile(`schemas/${name}`, 'utf8')), used, foreign)
  delete schema.$id
  const types = await compile(schema, schema.title, {
    bannerComment: '',
    additionalProperties: false,
    unreachableDefinitions: false,
    ignoreMinAndMaxItems: true,
    style: { semi: false, singleQuote: true, printWidth: 100 },
  })
  if (used.size > 0) foreign.set('../domain/names.ts', used)
  const imports = [...foreign]
    .map(([file, names]) => `import type { ${[...names].sort().join(', ')} } from '${file}'\n`)
    .join('')
  const text = `// Generated from schemas/${name} by \`npm run generate\`; edit the schema instead.\n${imports}${types}`
  const target = `src/documents/${name.replace('.schema.json', '.generated.ts')}`
  const before = await readFile(target, 'utf8').catch(() => '')
  if (before === text) continue
  if (check) {
    console.error(`${target} is not what ${name} says: run npm run generate`)
    process.exitCode = 1
  } else await writeFile(target, text)
}
