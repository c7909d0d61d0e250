// `npm start`: the story of an upgrade, on simulated servers; `npm start -- --real` tells it on
// three real ones, for which Python 3 and Go are needed too. Works in a fresh clone: installs and
// builds what is missing first, hence nothing but Node's own modules up here.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))

// Written at the end of an install: a folder without it is half of one.
if (!existsSync('node_modules/.package-lock.json')) run('npm', 'ci', '--no-audit', '--no-fund')
if (isOutdated('dist/cli.js', ['src', 'schemas', 'scripts', 'package.json'])) {
  run('npm', 'run', '--silent', 'build')
}

if (process.argv.includes('--real')) {
  const { register } = await import('tsx/esm/api')
  register()
  const { tellRealStory } = await import('./real-story.ts')
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  process.exitCode = await tellRealStory(version)
} else run('node', 'dist/cli.js', 'demo')

/** Ends this process where the command fails. */
function run(command, ...args) {
  console.log(`$ ${[command, ...args].join(' ')}`)
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) console.error(`${command} cannot be run: ${error.message}`)
  // Without a status it was ended by a signal, as by Ctrl-C.
  if (status !== 0) process.exit(error ? 1 : (status ?? 130))
}

function isOutdated(target, sources) {
  return !existsSync(target) || newest(sources) > statSync(target).mtimeMs
}

function newest(paths) {
  const times = paths.map((path) => {
    const found = statSync(path)
    if (!found.isDirectory()) return found.mtimeMs
    return newest(readdirSync(path).map((name) => join(path, name)))
  })
  return Math.max(0, ...times)
}
