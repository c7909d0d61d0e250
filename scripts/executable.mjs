// `npm run executable`: writes dist/lockstep, one file with Node and the program in it, for the
// platform that it is made on. It needs no other file: Node's single executable application.
import { execFileSync } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { inject } from 'postject'

const { values: options } = parseArgs({
  options: { outfile: { type: 'string', default: 'dist/lockstep' } },
})
const { version } = JSON.parse(await readFile('package.json', 'utf8'))
const folder = await mkdtemp(join(tmpdir(), 'lockstep-executable-'))
try {
  const [main, output] = [join(folder, 'program.cjs'), join(folder, 'program.blob')]
  await build({
    entryPoints: ['src/cli/executable.ts'],
    outfile: main,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    mainFields: ['module', 'main'],
    define: { __VERSION__: JSON.stringify(version) },
    // A script that is compiled ahead cannot import.
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  const config = { main, output, disableExperimentalSEAWarning: true, useCodeCache: true }
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  const args = ['--experimental-sea-config', join(folder, 'config.json')]
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })

  await mkdir(dirname(options.outfile), { recursive: true })
  const unfinished = `${options.outfile}.unfinished`
  await copyFile(process.execPath, unfinished)
  await chmod(unfinished, 0o755)
  // Node looks for these names in its own file.
  await inject(unfinished, 'NODE_SEA_BLOB', await readFile(output), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  })
  await rename(unfinished, options.outfile)
} finally {
  await rm(folder, { recursive: true, force: true })
}
