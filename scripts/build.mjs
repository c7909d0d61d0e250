// Bundles src/cli/cli.ts with its dependencies into dist/: an entry that holds only what every
// command needs, and a chunk for each thing imported on demand, so that a command opens few files.
import { chmod, readFile, rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const { values: options } = parseArgs({
  options: {
    entry: { type: 'string', default: 'src/cli/cli.ts' },
    outdir: { type: 'string', default: 'dist' },
    analyze: { type: 'boolean', default: false },
  },
})
const HASHBANG = '#!/usr/bin/env node'
const manifest = JSON.parse(await readFile('package.json', 'utf8'))
const source = await readFile(options.entry, 'utf8')

await rm(options.outdir, { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: { cli: options.entry },
  outdir: options.outdir,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The ES module of a package where it has one: it splits and sheds what nobody uses.
  mainFields: ['module', 'main'],
  define: { __VERSION__: JSON.stringify(manifest.version) },
  // A dependency that is CommonJS asks for Node's own modules by `require`, and some for
  // their own file's name, which ESM has not.
  banner: { js: `${source.startsWith('#!') ? '' : `${HASHBANG}\n`}${requireShim()}` },
  minifySyntax: true,
  sourcemap: 'linked',
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
})
await chmod(`${options.outdir}/cli.js`, 0o755)

if (options.analyze) for (const line of staticImports(metafile)) console.log(line)

function requireShim() {
  return `import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url), __filename = import.meta.filename;`
}

/** What the entry loads before it runs its first line, by size. */
function staticImports({ outputs }) {
  const pending = Object.keys(outputs).filter((file) => file.endsWith('/cli.js'))
  const loaded = new Map()
  for (const file of pending) {
    if (loaded.has(file)) continue
    loaded.set(file, outputs[file].bytes)
    for (const { path, kind, external } of outputs[file].imports) {
      if (kind === 'import-statement' && !external) pending.push(path)
    }
  }
  return [...loaded].map(([file, bytes]) => `${String(bytes).padStart(9)}  ${file}`)
}
