// Bundles src/cli/ with its dependencies into dist/. A command's start is mostly the opening and
// compiling of files, so there are few: cli.js, which answers --version; main.cjs, with every
// command, and main.cache, with its hash and what V8 compiled of it; load-main.js, which brings the two together;
// and one file for each package that is only wanted when something is carried out. index.js is what
// programs import: src/index.ts, with its packages left to be imported.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { build } from 'esbuild'
import { tsImport } from 'tsx/esm/api'
import { thirdPartyLicenses } from './third-party-licenses.mjs'

const { values: options } = parseArgs({
  options: { outdir: { type: 'string', default: 'dist' } },
})
const manifest = JSON.parse(await readFile('package.json', 'utf8'))

/** Imported on demand, by name, and heavy. */
const ON_DEMAND = ['execa', 'listr2']

const common = {
  outdir: options.outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The ES module of a package where it has one: it sheds what nobody uses.
  mainFields: ['module', 'main'],
  define: { __VERSION__: JSON.stringify(manifest.version) },
  // Half the text is half the compiling; names stay, for stack traces.
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
}
const commonJs = {
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  // A script that is compiled ahead cannot import: what it wants on demand, it requires.
  supported: { 'dynamic-import': false },
}

await rm(options.outdir, { recursive: true, force: true })
const bundles = await Promise.all([
  build({
    ...common,
    entryPoints: { cli: 'src/cli/cli.ts' },
    banner: { js: '#!/usr/bin/env node' },
    plugins: [leaveOut(/^\.\/load-main\.ts$/, () => './load-main.js')],
  }),
  build({
    ...common,
    entryPoints: { 'load-main': 'src/cli/load-main.ts' },
  }),
  // For programs: the packages stay imports, and are shared with whoever imports this one.
  build({
    ...common,
    entryPoints: { index: 'src/index.ts' },
    packages: 'external',
  }),
  build({
    ...common,
    ...commonJs,
    entryPoints: { main: 'src/cli/main.ts' },
    // What `loadMain` evaluates it to: V8 keeps the code of scripts only, and scripts export nothing.
    banner: { js: '(function (exports, require, module, __filename) {' },
    footer: { js: '})' },
    plugins: [
      leaveOut(new RegExp(`^(${ON_DEMAND.join('|')})$`), (name) => `./${name}.cjs`),
      startNoProcesses(),
    ],
  }),
  build({
    ...common,
    ...commonJs,
    entryPoints: Object.fromEntries(ON_DEMAND.map((name) => [name, name])),
  }),
])
await chmod(`${options.outdir}/cli.js`, 0o755)
await writeFile(
  `${options.outdir}/THIRD_PARTY_LICENSES`,
  await thirdPartyLicenses(bundles.map(({ metafile }) => metafile)),
)
await makeAscii(`${options.outdir}/main.cjs`)
await keepCode()
const { manualPage } = await tsImport('../src/cli/completion/manual-page.ts', import.meta.url)
await writeFile(`${options.outdir}/lockstep.1`, manualPage(manifest.version))

/**
 * `loadMain` reads each byte as a character. esbuild escapes what is not ASCII in strings, and not
 * in regular expressions and tagged templates, where an escape means the same.
 */
async function makeAscii(path) {
  const source = await readFile(path, 'utf8')
  const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  await writeFile(path, source.replace(/[^\0-\x7f]/g, escape))
}

/** Runs the demo, and keeps what V8 compiled for it. */
async function keepCode() {
  const folder = resolve(options.outdir)
  const { loadMain, processHost } = await import(`${folder}/load-main.js`)
  // Code that has not run for a while is dropped, else. The cache only fits where the flags do.
  setFlagsFromString('--no-flush-bytecode')
  const { main, script } = loadMain(folder)
  const silent = { ...processHost(), out: () => undefined, err: () => undefined }
  const code = await main(['demo'], silent, manifest.version)
  if (code !== 0) throw new Error(`lockstep demo ended with ${code}`)
  setFlagsFromString('--flush-bytecode')
  const source = await readFile(`${folder}/main.cjs`)
  const hash = createHash('sha256').update(source).digest()
  await writeFile(`${folder}/main.cache`, Buffer.concat([hash, script.createCachedData()]))
}

/** What is imported from a file of its own, beside this one. */
function leaveOut(filter, fileOf) {
  return {
    name: 'leave-out',
    setup: ({ onResolve }) => {
      onResolve({ filter }, ({ path, kind }) => {
        if (kind !== 'dynamic-import') throw new Error(`${path} must be imported on demand`)
        return { path: fileOf(path), external: true }
      })
    },
  }
}

/** The parser of the command line loads what starts processes, and here it never starts one. */
function startNoProcesses() {
  return {
    name: 'start-no-processes',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^node:child_process$/ }, ({ importer, path }) =>
        /node_modules\/commander\//.test(importer) ? { path, namespace: 'none' } : undefined,
      )
      onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = {}' }))
    },
  }
}
