/**
 * One server program running as the leader of its own process group, which the plugins it starts
 * belong to as well: killing the group leaves none of them. It is only ever killed, never asked to
 * end: what the tests want to know is how the others take that.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { killGroup, type ClusterGuard } from './cluster-guard.ts'
import { waitUntil } from './wait-until.ts'

export interface ServerProcessOptions {
  readonly program: string
  readonly configurationFile: string
  /** The working directory. */
  readonly folder: string
  /** Receives both output streams, appended. */
  readonly logFile: string
  /** Where the plugins put their sockets: a killed plugin leaves its own behind. */
  readonly socketFolder: string
  readonly guard: ClusterGuard
}

export class ServerProcess {
  readonly #child: ChildProcess
  readonly #options: ServerProcessOptions
  #failure: string | undefined

  constructor(options: ServerProcessOptions) {
    this.#options = options
    const log = openSync(options.logFile, 'a')
    this.#child = spawn(options.program, ['server', `-config=${options.configurationFile}`], {
      cwd: options.folder,
      env: { ...environmentForServers(), TMPDIR: options.socketFolder },
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    // A program that cannot be started has no id, and is seen as one that ended.
    this.#child.on('error', (error) => {
      this.#failure = error.message
    })
    if (this.#child.pid !== undefined) options.guard.started(this.#child.pid)
  }

  get isRunning(): boolean {
    const { pid, exitCode, signalCode } = this.#child
    return pid !== undefined && exitCode === null && signalCode === null
  }

  /** The last lines it logged. */
  get lastWords(): string {
    const log = readFileSync(this.#options.logFile, 'utf8').trimEnd()
    return this.#failure ?? log.split('\n').slice(-10).join('\n')
  }

  /** Kills it and its plugins, and waits until they are gone. */
  async kill(): Promise<void> {
    const group = this.#child.pid
    if (group === undefined) return
    const gone = this.isRunning ? once(this.#child, 'exit') : undefined
    killGroup(group)
    await gone
    // The plugins are now init's children. Where no init takes in the dead they stay visible,
    // though they run no more; not worth a failure.
    await waitUntil('the plugins are gone', () => whyNotGone(group), { timeout: 2_000 }).catch(
      () => undefined,
    )
    this.#options.guard.ended(group)
  }
}

function whyNotGone(group: number): string | undefined {
  try {
    process.kill(-group, 0)
    return `process group ${String(group)} is still there`
  } catch {
    return undefined
  }
}

/** Without what would configure the servers, or lead them to the developer's own cluster. */
function environmentForServers(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(BAO|VAULT)_/.test(name))
  return Object.fromEntries(kept)
}
