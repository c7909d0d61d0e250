import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { CommandSetting } from './run-bounded.ts'
import { runCommand } from './run-command.ts'

const TOKEN = 's.canary-of-a-token'

function commands(...secrets: readonly string[]): CommandSetting {
  return { environment: { PATH: process.env['PATH'] ?? '' }, secrets: () => secrets }
}

it('returns the end of the output of a failed command, without the secrets', async () => {
  const run = runCommand(commands(TOKEN))

  const why = await run(['sh', '-xc', 'echo "tok=$TOKEN"; exit 3'], { TOKEN })

  expect(why).toContain('exit 3: ')
  expect(why).toContain('tok=***')
  expect(why).not.toContain(TOKEN)
})

it('removes a secret even if the output is cut within it', async () => {
  const run = runCommand(commands(TOKEN))

  const why = await run(['sh', '-c', `printf %s $TOKEN; printf %290s end; exit 3`], { TOKEN })

  expect(why).not.toContain(TOKEN.slice(-8))
})

it('returns undefined if the command succeeds', async () => {
  expect(await runCommand(commands())(['true'], {})).toBeUndefined()
})

it('ends the command when the program that started it ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-command-'))
  try {
    const pidFile = join(folder, 'pid')
    const program = spawn(process.execPath, ['--import', 'tsx', '-e', programThatRuns(pidFile)], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const ended = once(program, 'exit')
    await until(() => existsSync(pidFile))

    program.stdin.write('end')
    await ended

    await until(() => !isAlive(Number(readFileSync(pidFile, 'utf8'))))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/**
 * The source of a program that runs a command, and exits at once when it reads something, as at a
 * second Ctrl-C.
 */
function programThatRuns(pidFile: string): string {
  const module = new URL('run-command.ts', import.meta.url).href
  const script = 'echo $$ > "$0.new"; mv "$0.new" "$0"; sleep 600'
  const command = ['sh', '-c', script, pidFile]
  return `
    process.stdin.once('data', () => process.exit(130))
    import(${JSON.stringify(module)}).then(({ runCommand }) =>
      runCommand({ environment: process.env, secrets: () => [] })(${JSON.stringify(command)}, {}))`
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20)
}

function isAlive(pid: number): boolean {
  try {
    // For kill(2) a zombie is alive, but it has no command line.
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}
