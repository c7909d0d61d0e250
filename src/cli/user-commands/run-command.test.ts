import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { plan, step } from '../../../test/builders/plan.ts'
import { mountPath, nodeAddress } from '../../../test/builders/live.ts'
import { ROOT_NAMESPACE } from '../../domain/names.ts'
import type { Plan } from '../../documents/plan.generated.ts'
import type { Commands } from './run-bounded.ts'
import { checkCommands, commandRunner } from './run-command.ts'

const TOKEN = 's.canary-of-a-token'

function commands(...secrets: readonly string[]): Commands {
  return { environment: { PATH: process.env['PATH'] ?? '' }, secrets: () => secrets }
}

it('tells what a failed command printed last, without the secrets', async () => {
  const run = commandRunner(commands(TOKEN))

  const why = await run(['sh', '-xc', 'echo "tok=$TOKEN"; exit 3'], { TOKEN })

  expect(why).toContain('exit 3: ')
  expect(why).toContain('tok=***')
  expect(why).not.toContain(TOKEN)
})

it('tells none of a secret that the cut would go through', async () => {
  const run = commandRunner(commands(TOKEN))

  const why = await run(['sh', '-c', `printf %s $TOKEN; printf %290s end; exit 3`], { TOKEN })

  expect(why).not.toContain(TOKEN.slice(-8))
})

it('says nothing where it succeeds', async () => {
  expect(await commandRunner(commands())(['true'], {})).toBeUndefined()
})

it('finds out before a run which commands there are not', () => {
  const path = process.env['PATH']

  expect(() => {
    checkCommands(planThatRuns('sh', '/bin/sh', '{mount}'), path)
  }).not.toThrow()
  for (const program of ['no-such-smoke-test', '/no/such/file', '/']) {
    expect(() => {
      checkCommands(planThatRuns(program), path)
    }).toThrow(expect.objectContaining({ details: [`verify of a/ runs ${program}`] }))
  }
})

it('ends with the program that started it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-command-'))
  try {
    const told = join(folder, 'pid')
    const program = spawn(process.execPath, ['--import', 'tsx', '-e', programThatRuns(told)], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const ended = once(program, 'exit')
    await until(() => existsSync(told))

    program.stdin.write('end')
    await ended

    await until(() => !isAlive(Number(readFileSync(told, 'utf8'))))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** It ends at once when something is typed, as at a second Ctrl-C. */
function programThatRuns(told: string): string {
  const module = new URL('run-command.ts', import.meta.url).href
  const command = ['sh', '-c', `echo $$ > ${told}.new; mv ${told}.new ${told}; sleep 600`]
  return `
    process.stdin.once('data', () => process.exit(130))
    import(${JSON.stringify(module)}).then(({ commandRunner }) =>
      commandRunner({ environment: process.env, secrets: () => [] })(${JSON.stringify(command)}, {}))`
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20)
}

function isAlive(pid: number): boolean {
  try {
    // A zombie is alive to kill(2), and has no command line.
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

function planThatRuns(...programs: readonly string[]): Plan {
  const mount = mountPath('a/')
  const action = { node: nodeAddress(1), namespace: ROOT_NAMESPACE, mounts: [mount] }
  const reload = step('reload', { kind: 'reload', ...action }, 'why')
  const verify = programs.map((program) => ({ kind: 'run' as const, mount, command: [program] }))
  return plan({ steps: [{ ...reload, verify }] })
}
