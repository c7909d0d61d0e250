// `npm run test:faults`: the fault tests alone, in the size that `npm test` runs them; with `--all`
// everything is tried. Other arguments go to vitest, as `npm run test:faults -- kill-matrix`.
import { spawnSync } from 'node:child_process'

const args = process.argv.slice(2)
const all = args.includes('--all')
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', '--project', 'faults', ...args.filter((arg) => arg !== '--all')],
  { stdio: 'inherit', env: { ...process.env, ...(all && { LOCKSTEP_TEST_SIZE: 'all' }) } },
)
process.exitCode = status ?? 1
