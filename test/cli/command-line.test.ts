/**
 * The command line itself: its help, its version, and its messages for misspelt commands and
 * options.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { DURATION_HINT } from '../../src/domain/duration.ts'
import { checkout, runLockstep } from './run-lockstep.ts'

/** The commands, each after the command that it belongs to, as the help lists them. */
let commands: readonly string[]
beforeAll(async () => {
  const top = await listCommands([])
  const below = await Promise.all(top.map((command) => listCommands([command])))
  commands = [...top, ...below.flat()]
})

async function listCommands(of: readonly string[]): Promise<string[]> {
  const { stdout } = await runLockstep([...of, '--help'])
  const section = /^Commands:\n((?: .*\n?)+)/m.exec(stdout)?.[1] ?? ''
  return [...section.matchAll(/^ {2}([a-z-]+)/gm)].flatMap(([, name = '']) =>
    name === 'help' ? [] : [...of, name].join(' '),
  )
}

describe('help', () => {
  it('lists the commands and the exit codes', async () => {
    const run = await runLockstep(['--help'])

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(commands).toEqual(expect.arrayContaining(['validate', 'plan', 'apply', 'status']))
    for (const code of ['0', '1', '2', '3', '4', '5', '6', '7', '8', '130']) {
      expect(run.stdout).toMatch(new RegExp(`^ {2}${code} +\\S`, 'm'))
    }
  })

  it('has examples for each command that does something', async () => {
    const leaves = commands.filter(
      (command) => !commands.some((other) => other.startsWith(`${command} `)),
    )

    for (const command of leaves) {
      const run = await runLockstep([...command.split(' '), '--help'])

      expect(run, command).toMatchObject({ exitCode: 0, stderr: '' })
      expect(run.stdout).toContain(`Examples:\n  $ lockstep ${command}`)
    }
  })

  it('of apply explains --allow with a saved plan, alone and with -f', async () => {
    const { stdout } = await runLockstep(['apply', '--help'])

    expect(stdout).toContain('With a saved plan, --allow accepts nothing new')
    expect(stdout).toContain('repeat each allowance that the plan has and the file lacks')
  })

  it('is also printed for the word help', async () => {
    const [word, flag] = [await runLockstep(['help', 'plan']), await runLockstep(['plan', '-h'])]

    expect(word).toMatchObject({ exitCode: 0, stderr: '' })
    expect(word.stdout).toBe(flag.stdout)
  })
})

it.each(['--version', '-V'])('%s prints the version of the package', async (flag) => {
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    version: string
  }

  const run = await runLockstep([flag])

  expect(run).toMatchObject({ exitCode: 0, stdout: version, stderr: '' })
})

/** Every option that takes a time. */
const DURATION_OPTIONS = [
  ['status', '--timeout'],
  ['plan', '--max-age'],
  ['apply', '--max-age'],
  ['apply', '--soak'],
  ['rollback', '--wait'],
  ['drift', '--after'],
  ['drift', '--interval'],
]

it('accepts times in the same form for every option', async () => {
  const runs = await Promise.all(
    commands.map(async (command) => {
      const { stdout } = await runLockstep([...command.split(' '), '--help'])
      return [...stdout.matchAll(/^ +(?:-\w, )?(--[a-z-]+) <duration>/gm)].map(
        ([, name = '']) => name,
      )
    }),
  )

  const tested = DURATION_OPTIONS.map(([, option = '']) => option)
  expect([...new Set(runs.flat())].sort()).toEqual([...new Set(tested)].sort())
})

describe('a misspelt command line exits 1 and suggests what was meant', () => {
  it.each([
    { args: ['plna'], told: "unknown command 'plna'\n(Did you mean plan?)" },
    { args: ['plan', '--detailed-exit-code'], told: '(Did you mean --detailed-exitcode?)' },
    { args: ['plan', '--color', 'blue'], told: 'Allowed choices are auto, always, never.' },
    { args: ['plan', '-f'], told: "option '-f, --file <path>' argument missing" },
    { args: ['plan', 'lockstep.yaml'], told: "too many arguments for 'plan'" },
    { args: ['plan', 'lockstep.yaml'], told: 'desired state are given with -f.' },
    ...DURATION_OPTIONS.map((args) => ({ args: [...args, 'soon'], told: DURATION_HINT })),
    { args: ['apply', '--parallelism', '0'], told: 'Write a whole number from 1 to 999999' },
    { args: ['apply', '--parallelism', '-1'], told: 'Write a whole number from 1 to 999999' },
    { args: ['apply', '--parallelism', '1000000'], told: 'Write a whole number from 1 to 999999' },
    { args: ['rollback', '--parallelism', 'many'], told: 'Write a whole number from 1 to 999999' },
    { args: ['status', '--plugin', 'my-kv'], told: 'Write it as in the catalog: secret/my-kv' },
    { args: ['explain', 'no-such-name'], told: 'no-such-name' },
    { args: ['plan', '-json'], told: "unknown option '-json'\n(Did you mean --json?)" },
    { args: ['plan', '-q', '-out=x.json'], told: "'-out'\n(Did you mean --out?)" },
    { args: ['plan', '-file=prod.yaml'], told: "'-file'\n(Did you mean --file?)" },
    { args: ['apply', '-auto-approve'], told: "'-auto-approve'\n(Did you mean --auto-approve?)" },
    { args: ['lock', 'release', '-force'], told: "'-force'\n(Did you mean --force?)" },
    { args: ['-version'], told: "'-version'\n(Did you mean --version?)" },
    { args: ['status', '-help'], told: "'-help'\n(Did you mean --help?)" },
    { args: ['status', '-auto-approve'], told: "unknown option '-auto-approve'" },
  ])('$args', async ({ args, told }) => {
    const run = await runLockstep(args)

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain(told)
  })

  it.each([
    { args: ['validate', '-f', '-json'], told: '-json: is not there' },
    { args: ['validate', '--', '-json'], told: '-json: is not there' },
    { args: ['validate', '-fjson'], told: 'json: is not there' },
  ])('but $args names a file', async ({ args, told }) => {
    const run = await runLockstep(args)

    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain(told)
  })

  it('without a command it exits 1, too', async () => {
    const run = await runLockstep([])

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('Usage: lockstep')
  })
})

describe('explain', () => {
  it.each([
    { args: ['version-in-use'], told: /^version-in-use \(error\): [^]*\n\nWhat to do: / },
    { args: ['reload-pending'], told: /^reload-pending \(a class of drift\): / },
    { args: ['canary'], told: /^canary: A mount with `canary: true`\./ },
    { args: ['Roll', 'back'], told: /^roll back: To undo / },
    { args: ['rollback'], told: /^roll back: To undo / },
    {
      args: [],
      told: /^Rules\n {2}allow-expired [^]*\nClasses of drift\n {2}reload-pending [^]*\nWords\n {2}active node +The node that leads/,
    },
  ])('$args', async ({ args, told }) => {
    const run = await runLockstep(['explain', ...args])

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toMatch(told)
  })
})
