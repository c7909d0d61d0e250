/** Colour is used only on a terminal, unless an option asks for it or refuses it. */
import { expect, it } from 'vitest'
import { isColoured } from '../../src/cli/host/colour.ts'
import { processHost, type Host } from '../../src/cli/host/host.ts'
import { planId } from '../../src/plan/make-plan.ts'
import { plan } from '../builders/plan.ts'
import { runLockstep } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

// Every escape sequence of a terminal begins with this character.
const escape = '\u001b['

it.each([
  { args: [], env: {}, coloured: false },
  { args: ['--color', 'auto'], env: {}, coloured: false },
  { args: ['--color', 'always'], env: {}, coloured: true },
  { args: ['--color', 'always'], env: { NO_COLOR: '1' }, coloured: true },
  { args: ['--color', 'never'], env: {}, coloured: false },
  { args: ['--no-color'], env: {}, coloured: false },
  { args: ['--color', 'always', '--no-color'], env: {}, coloured: false },
  // Variables that programs set for other programs must not count as a terminal.
  { args: [], env: { CI: 'true' }, coloured: false },
])('colours a plan with $args and $env: $coloured', async ({ args, env, coloured }) => {
  const made = plan()
  const saved = { ...made, plan_id: planId(made) }
  await using folder = await makeScratchFolder({ 'plan.json': JSON.stringify(saved) })

  const run = await runLockstep(['show', 'plan.json', ...args], { cwd: folder.path, env })

  expect(run.exitCode).toBe(0)
  expect(run.stdout).toContain('prod-eu')
  expect(run.stdout.includes(escape)).toBe(coloured)
})

const onTerminal: readonly {
  readonly env: Host['env']
  readonly color: 'auto' | 'always' | 'never'
  readonly coloured: boolean
}[] = [
  { env: {}, color: 'auto', coloured: true },
  { env: { NO_COLOR: '1' }, color: 'auto', coloured: false },
  { env: { NO_COLOR: '' }, color: 'auto', coloured: true },
  { env: { TERM: 'dumb' }, color: 'auto', coloured: false },
  { env: { NO_COLOR: '1' }, color: 'always', coloured: true },
  { env: {}, color: 'never', coloured: false },
]

it.each(onTerminal)(
  'on a terminal with $env and --color $color: $coloured',
  ({ env, color, coloured }) => {
    expect(isColoured({ color }, { ...processHost(), env }, true)).toBe(coloured)
  },
)
