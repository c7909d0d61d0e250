/**
 * Runs the built program as a user does: in its own process, with its own home, which is removed
 * afterwards, and with no variables of this process except PATH. Throws if a given secret or a
 * canary appears in anything that the program wrote: on its streams, below its home, or in a file
 * or folder that its arguments name. So every test that runs the program also tests that.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import {
  assertUnseen,
  canaries,
  CANARY_VARIABLE,
  secretsOf,
  WRAPPED_VARIABLE,
} from '../canaries.ts'
import { assertJournals, assertJson, assertOut } from '../json-documents.ts'
import { heldLease } from '../cluster/lease.ts'

export const checkout = fileURLToPath(new URL('../..', import.meta.url))
export const program = join(checkout, 'dist', 'cli.js')
const tokenFileName = '.vault-token'

export interface Run {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** The files that it wrote below its home: the journals of its runs. */
  readonly journal: string
}

export interface RunOptions {
  /** The token; `canaries.token` if not given; no token if empty. */
  readonly env?: Readonly<Record<string, string>>
  /** The content of `~/.vault-token`; no such file if not given. */
  readonly tokenFile?: string
  /** The working folder; the checkout if not given. */
  readonly cwd?: string
  /**
   * Runs the program on a terminal, where this is typed when it asks. Its stdout then has
   * everything that it writes.
   */
  readonly answer?: string
}

/**
 * A Python program that makes a terminal (Python is there wherever real servers run). Its arguments
 * are the answer and the command.
 */
const terminal = `
import os, pty, sys
def read(terminal):
    data = os.read(terminal, 65536)
    if b'to apply: ' in data:
        os.write(terminal, sys.argv[1].encode() + b'\\n')
    return data
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[2:], read)))
`
const wide = 'stty rows 50 cols 120 && exec "$@"'

/** The command that runs `command` on a terminal and types `answer` when it asks. */
export function onTerminal(answer: string, command: readonly string[]): readonly string[] {
  return ['python3', '-c', terminal, answer, 'sh', '-c', wide, 'sh', ...command]
}

export async function runLockstep(
  args: readonly string[],
  { env = {}, tokenFile, cwd = checkout, answer }: RunOptions = {},
): Promise<Run> {
  if (!existsSync(program)) throw new Error(`there is no ${program}: npm run build makes it`)
  const home = await mkdtemp(join(tmpdir(), 'lockstep-home-'))
  try {
    if (tokenFile !== undefined) await writeFile(join(home, tokenFileName), tokenFile)
    const command = [process.execPath, program, ...args]
    const [file = '', ...rest] = answer === undefined ? command : onTerminal(answer, command)
    const given = {
      [CANARY_VARIABLE]: canaries.variable,
      [WRAPPED_VARIABLE]: heldLease()?.wrappedSecret ?? canaries.wrapping,
      ...(tokenFile === undefined && !('VAULT_TOKEN' in env) && { BAO_TOKEN: canaries.token }),
      ...env,
    }
    const ended = await execa(file, rest, {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: home, ...given },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: 600_000,
    })
    if (ended.exitCode === undefined) throw new Error(`it did not end by itself: ${ended.message}`)
    const { exitCode, stdout, stderr } = ended
    const run = { exitCode, stdout, stderr, journal: await readAll(home) }
    const { exitCode: _, ...written } = {
      ...run,
      'what its arguments name': await readNamed(args, cwd),
    }
    assertUnseen([...secretsOf(given), tokenFile?.trim()], written, args)
    if (answer === undefined) assertJson(args, stdout, run)
    assertOut(args, { exitCode, cwd })
    assertJournals(home)
    return run
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** The content of the files of `--out`, `--html`, `--log-file` and `--journal`. */
async function readNamed(args: readonly string[], cwd: string): Promise<string> {
  const paths = args.flatMap((arg, index) => {
    const [, option, value] = /^--(out|html|log-file|journal)(?:=(.*))?$/.exec(arg) ?? []
    return option === undefined ? [] : resolve(cwd, value ?? args[index + 1] ?? '')
  })
  const texts = paths.filter(existsSync).map(async (path) => {
    return (await stat(path)).isDirectory() ? readAll(path) : readFile(path, 'utf8')
  })
  return (await Promise.all(texts)).join('\n')
}

async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && entry.name !== tokenFileName)
  const texts = files.map((file) => readFile(join(file.parentPath, file.name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}
