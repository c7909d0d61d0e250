/**
 * Runs the built program against the cluster of a fault test, with a folder for its journals that
 * outlives the run, and fails where one of the canaries shows up in anything it wrote.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  assertUnseen,
  canaries,
  CANARY_VARIABLE,
  secretsOf,
  WRAPPED_VARIABLE,
} from '../canaries.ts'
import { assertJson, assertOut } from '../json-documents.ts'
import { heldLease } from '../cluster/lease.ts'

const program =
  process.env['LOCKSTEP_PROGRAM'] ?? fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

export interface Ended {
  /** Null where it was killed. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** A user's home, with the journals of the runs made from it. */
export class Workplace implements AsyncDisposable {
  readonly home: string
  readonly #secrets: readonly string[]
  readonly #env: Readonly<Record<string, string>>

  private constructor(home: string, token: string, env: Readonly<Record<string, string>>) {
    this.home = home
    const given = {
      BAO_TOKEN: token,
      [CANARY_VARIABLE]: canaries.variable,
      [WRAPPED_VARIABLE]: heldLease()?.wrappedSecret ?? canaries.wrapping,
      ...env,
    }
    this.#secrets = secretsOf(given)
    this.#env = { PATH: process.env['PATH'] ?? '', HOME: home, ...given }
  }

  static async make(token: string, env: Readonly<Record<string, string>> = {}): Promise<Workplace> {
    return new Workplace(await mkdtemp(join(tmpdir(), 'lockstep-faults-')), token, env)
  }

  get journals(): string {
    return join(this.home, 'journals')
  }

  /** Where every run made from this home has its lock, wherever its journal goes. */
  lockFolder(clusterId: string): string {
    return join(this.home, '.local', 'state', 'lockstep', clusterId)
  }

  start(args: readonly string[], command: readonly string[] = []): Started {
    if (!existsSync(program)) throw new Error(`there is no ${program}: npm run build makes it`)
    const words: readonly string[] = [...command, process.execPath, program, ...args]
    const [file = '', ...rest] = words
    const child = spawn(file, rest, {
      env: this.#env,
      cwd: this.home,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
    const ended = once(child, 'close').then(() => {
      const written = { ...output, ...this.#readAll(this.home) }
      assertUnseen(this.#secrets, written, args)
      assertJson(args, output.stdout, child)
      assertOut(args, { exitCode: child.exitCode, cwd: this.home })
      return { exitCode: child.exitCode, ...output }
    })
    return { child, ended }
  }

  run(args: readonly string[], command: readonly string[] = []): Promise<Ended> {
    return this.start(args, command).ended
  }

  /** The runs so far, the oldest first. */
  runs(): string[] {
    if (!existsSync(this.journals)) return []
    return readdirSync(this.journals)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => name.slice(0, -'.jsonl'.length))
      .sort()
  }

  /** The lines of all journals so far, the oldest run first. */
  journalLines(): string[] {
    return this.runs()
      .flatMap((run) => readFileSync(join(this.journals, `${run}.jsonl`), 'utf8').split('\n'))
      .filter((line) => line !== '')
  }

  /** Forgets earlier runs. */
  async clear(): Promise<void> {
    await rm(this.home, { recursive: true, force: true })
    await mkdir(this.home, { recursive: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true, force: true })
  }

  /** What was written below the home, but the files of desired state. */
  #readAll(folder: string): Record<string, string> {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    return Object.fromEntries(
      entries
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.yaml'))
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path, readFileSync(path, 'utf8')]),
    )
  }
}
