// Writes the *.generated.ts files, which git ignores, from schemas/*.schema.json: the schemas are
// the one source of every document's shape. `npm ci`, build, typecheck, lint and vitest run this
// first, so that nothing is ever checked against the types of an older schema.
// Types: a `lockstep-…` format becomes the branded string of domain/names.ts. Validators are
// compiled here, since that takes longer than a whole command.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import { compile } from 'json-schema-to-typescript'

const BRANDS = {
  'lockstep-plugin': 'PluginId',
  'lockstep-version': 'Version',
  'lockstep-configured-version': 'ConfiguredVersion',
  'lockstep-sha256': 'Sha256',
  'lockstep-entry-hash': 'EntryHash',
  'lockstep-binary': 'RunningBinary',
  'lockstep-mount': 'MountPath',
  'lockstep-connection': 'ConnectionPath',
  'lockstep-node': 'NodeAddress',
  'lockstep-node-id': 'NodeId',
  'lockstep-namespace': 'Namespace',
}

/** A whole document inside another one. Its own loader checks it, so the validator does not. */
const DESIRED_STATE = 'lockstep:desired-state'

/** Whole documents that are parts of others, and their types. */
const DOCUMENTS = { [DESIRED_STATE]: 'DesiredStateDocument', 'lockstep:journal': 'JournalEvent' }

function brand(node, used, foreign) {
  if (Array.isArray(node)) return node.map((item) => brand(item, used, foreign))
  if (node === null || typeof node !== 'object') return node
  const document = DOCUMENTS[node.$ref]
  if (document !== undefined) {
    foreign.set(`./${node.$ref.replace('lockstep:', '')}.generated.ts`, new Set([document]))
    return { ...(node.description && { description: node.description }), tsType: document }
  }
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
  await emit(`src/documents/${name.replace('.schema.json', '.generated.ts')}`, text)
}

const ajvOptions = {
  // What a string may hold is checked where it is read.
  validateFormats: false,
  unicode: false,
  logger: false,
  code: { source: true, esm: true, lines: true },
}
const desiredState = withoutProse(await readSchema('desired-state'))
await emitValidators(
  'src/desired/shape/shape-validator.generated.ts',
  ['desired-state'],
  new Ajv2020({ ...ajvOptions, allErrors: true, schemas: [desiredState] }),
  { validateDesiredState: desiredState.$id },
)
await emitValidators(
  'src/documents/validators.generated.ts',
  ['plan', 'journal'],
  new Ajv2020({
    ...ajvOptions,
    discriminator: true,
    inlineRefs: false,
    schemas: [planAndJournal(await readSchema('plan'), await readSchema('journal'))],
  }),
  {
    validatePlan: 'lockstep:both#/$defs/plan',
    validateJournalEvent: 'lockstep:both#/$defs/journal',
  },
)

async function readSchema(document) {
  return JSON.parse(await readFile(`schemas/${document}.schema.json`, 'utf8'))
}

async function emitValidators(target, documents, ajv, functions) {
  const code = standalone.default(ajv, functions)
  const names = documents.map((document) => `schemas/${document}.schema.json`).join(' and ')
  const header = `// Generated from ${names} by \`npm run generate\`; edit the schema instead.\n// @ts-nocheck\n`
  await emit(target, header + code)
}

/** One schema of both, so that what they have in common is compiled once. */
function planAndJournal(plan, journal) {
  const { $defs, ...planItself } = withoutProse(plan)
  const { $schema } = plan
  const both = { ...$defs, plan: planItself, journal: withoutProse(journal) }
  for (const document of [both.plan, both.journal]) {
    delete document.$id
    delete document.$schema
  }
  const text = JSON.stringify({ $id: 'lockstep:both', $schema, $defs: both })
  return withDiscriminators(JSON.parse(text.replaceAll('"lockstep:plan#', '"#')))
}

/**
 * The schema with its unions told apart by their tag (`kind`, `event`, `fact`), so that a fault is
 * told of the variant that the tag names and not of each of the others.
 */
function withDiscriminators(node, root = node) {
  if (Array.isArray(node)) return node.map((item) => withDiscriminators(item, root))
  if (node === null || typeof node !== 'object') return node
  const entries = Object.entries(node).map(([key, value]) => [key, withDiscriminators(value, root)])
  const schema = Object.fromEntries(entries)
  if (!Array.isArray(node.oneOf)) return schema
  const variants = node.oneOf.flatMap((variant) => flattened(variant, root))
  const [tags = [], ...others] = variants.map(({ shape }) => tagsOf(shape))
  const propertyName = tags.find((tag) => others.every((names) => names.includes(tag)))
  if (propertyName === undefined) return schema
  const oneOf = variants.map(({ variant }) => withDiscriminators(variant, root))
  return { ...schema, type: 'object', discriminator: { propertyName }, oneOf }
}

/** A variant that is itself a union counts as its own variants, each by reference. */
function flattened(variant, root) {
  if (variant.$ref === undefined) return [{ variant, shape: variant }]
  const keys = variant.$ref.split('/').slice(1)
  const shape = keys.reduce((part, key) => part[key], root)
  if (!Array.isArray(shape.oneOf)) return [{ variant, shape }]
  return shape.oneOf.map((one, index) => ({
    variant: { $ref: `${variant.$ref}/oneOf/${index}` },
    shape: one,
  }))
}

/** The properties that a variant must have with one value. */
function tagsOf({ properties = {}, required = [] }) {
  return required.filter((name) => typeof properties[name]?.const === 'string')
}

/** The schema less what only people read: the validator carries a copy of it. */
function withoutProse(node, inProperties = false) {
  if (Array.isArray(node)) return node.map((item) => withoutProse(item))
  if (node === null || typeof node !== 'object') return node
  if (node.$ref === DESIRED_STATE) return { type: 'object' }
  const prose = new Set(['description', 'examples', 'title', 'default'])
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => inProperties || !prose.has(key))
      .map(([key, value]) => [key, withoutProse(value, key === 'properties' && !inProperties)]),
  )
}

/** Leaves a file alone that is up to date: watchers and incremental builds go by its time. */
async function emit(target, text) {
  const before = await readFile(target, 'utf8').catch(() => '')
  if (before !== text) await writeFile(target, text)
}
