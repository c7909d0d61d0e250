/** The completion scripts in real shells, and the manual page in groff. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findProgram } from '../find-program.ts'
import { checkout, runLockstep } from './run-lockstep.ts'
import { makeScratchFolder, type ScratchFolder } from './scratch-folder.ts'

let folder: ScratchFolder
beforeAll(async () => {
  const files = { 'plan.json': '', 'plan-2.json': '', 'prod/': '', 'products.txt': '' }
  folder = await makeScratchFolder(files)
})
afterAll(() => folder[Symbol.asyncDispose]())

const shells = {
  /** Readline inserts all completions, and the line then runs as a command. */
  bash: async (script: string, line: string) => {
    const [rc, offered] = [join(folder.path, '.rc'), join(folder.path, '.offered')]
    await writeFile(
      rc,
      `source ${script}\nlockstep() { printf '%s\\n' "$@" > ${offered}; exit; }\n`,
    )
    await run('bash', ['--rcfile', rc, '-i'], `${line}\u001b*\n`)
    const typed = line.split(' ').slice(1)
    const words = (await readFile(offered, 'utf8')).trim().split('\n')
    // If there are none, the line stays as it was typed.
    return words.slice(typed.length - 1).filter((word) => word !== typed.at(-1))
  },
  zsh: async (script: string, line: string) => {
    const offered = join(folder.path, '.offered')
    await writeFile(offered, '')
    await run('zsh', ['-f', join(checkout, 'test/cli/complete.zsh'), script, offered, line])
    return (await readFile(offered, 'utf8')).split('\n')
  },
  fish: async (script: string, line: string) => {
    const { stdout } = await run('fish', [
      '--no-config',
      '-c',
      `source ${script}; complete -C '${line}'`,
    ])
    return stdout.split('\n').map((word) => word.split('\t')[0] ?? '')
  },
}

function run(shell: string, args: readonly string[], input = ''): Promise<{ stdout: string }> {
  const env = { HOME: folder.path, TERM: 'dumb', PS1: '', INPUTRC: '/dev/null' }
  return execa(shell, args, { cwd: folder.path, env, input, timeout: 120_000 })
}

/** What the shell offers, in order, without the option before `=` and the slash after a folder. */
async function offeredBy(shell: keyof typeof shells, line: string): Promise<string[]> {
  const script = join(folder.path, `.${shell}`)
  const words = await shells[shell](script, line)
  const plain = words.map((word) => word.replace(/^--[\w-]+=/, '').replace(/\/$/, ''))
  return [...new Set(plain)].filter((word) => word !== '').sort()
}

async function helpOf(command: string): Promise<string> {
  return (await runLockstep([...command.split(' '), '--help'])).stdout
}

/** The long options in the help of a command. */
async function longOptions(command: string): Promise<string[]> {
  const found = (await helpOf(command)).matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)
  return [...found].map(([, long = '']) => long).sort()
}

const CASES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['lockstep pl', ['plan']],
  ['lockstep help lo', ['lock']],
  ['lockstep lock ', ['help', 'release', 'show']],
  ['lockstep lock release --fo', ['--force']],
  ['lockstep plan --format ', ['github', 'junit', 'sarif']],
  ['lockstep drift --format=', ['github', 'junit', 'prometheus', 'sarif']],
  ['lockstep drift --fail-on node-s', ['node-skew']],
  ['lockstep explain version-', ['version-differs', 'version-in-use']],
  ['lockstep completion ', ['bash', 'fish', 'zsh']],
  ['lockstep show plan', ['plan-2.json', 'plan.json']],
  ['lockstep plan -f produ', ['products.txt']],
  ['lockstep plan --journal pro', ['prod']],
  ['lockstep plan --allow pl', []],
]

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  const found = findProgram(shell, { debian: shell })
  const isMissing = found.kind === 'missing'

  beforeAll(async () => {
    const { stdout } = await runLockstep(['completion', shell])
    await writeFile(join(folder.path, `.${shell}`), `${stdout}\n`)
  })

  it.skipIf(isMissing).each(CASES)('completes %s', async (line, offered) => {
    expect(await offeredBy(shell, line)).toEqual(offered)
  })

  it.skipIf(isMissing)('completes every command, and every option of apply', async () => {
    const [, list = ''] = /^Commands:\n((?: .*\n)+)/m.exec(await helpOf('')) ?? []
    const commands = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name).sort()

    const offered = await offeredBy(shell, 'lockstep ')

    expect(commands.length).toBeGreaterThan(10)
    expect(offered.filter((word) => !word.startsWith('-'))).toEqual(commands)
    expect(await offeredBy(shell, 'lockstep apply --')).toEqual(await longOptions('apply'))
  })
})

it('a shell without a script exits 1 and names those that have one', async () => {
  const run = await runLockstep(['completion', 'tcsh'])

  expect(run).toMatchObject({ exitCode: 1, stdout: '' })
  expect(run.stderr).toContain('Allowed choices are bash, zsh, fish.')
})

describe('the manual page', () => {
  const page = join(checkout, 'dist', 'lockstep.1')
  const groff = findProgram('groff', { debian: 'groff-base' })

  it.skipIf(groff.kind === 'missing')('has nothing that groff warns of', async () => {
    const args = ['-man', '-ww', '-Tutf8', '-P-cbou']
    const shown = await execa('groff', [...args, page])
    await writeFile(join(folder.path, 'wrong.1'), `${await readFile(page, 'utf8')}.NO\n`)
    const wrong = await execa('groff', [...args, join(folder.path, 'wrong.1')])

    expect(shown.stderr).toBe('')
    expect(wrong.stderr).toContain('NO')
    // groff may draw - as a minus sign or a hyphen.
    const text = shown.stdout.replace(/[\u2010\u2212]/g, '-').replace(/\s+/g, ' ')
    const { stdout } = await runLockstep(['--help'])
    for (const [, code = ''] of stdout.matchAll(/^ {2}(\d+) +\S/gm)) {
      expect(shown.stdout).toMatch(new RegExp(`^ +${code} +\\S`, 'm'))
    }
    for (const command of ['plan', 'apply', 'lock show', 'completion']) {
      expect(text).toContain(`lockstep ${command} [options]`)
      for (const option of await longOptions(command)) expect(text).toContain(option)
    }
  })
})
