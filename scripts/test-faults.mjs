// `npm run test:faults`: the fault tests alone, in the size that `npm run test:all` runs them; with
// `--all` everything is tried. A name chooses one of them, as `npm run test:faults -- kill-matrix`.
import { spawnSync } from 'node:child_process'

const args = process.argv.slice(2)
const all = args.includes('--all')
const given = args.filter((arg) => arg !== '--all')
const names = given.some((arg) => !arg.startsWith('-')) ? [] : ['test/faults']
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', '--project', 'exhaustive', ...names, ...given],
  { stdio: 'inherit', env: { ...process.env, ...(all && { LOCKSTEP_TEST_SIZE: 'all' }) } },
)
process.exitCode = status ?? 1
