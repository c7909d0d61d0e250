/**
 * Holds a cluster's processes and folder to the life of this process. Whatever way it ends, and
 * also when it is killed, `guard.sh` notices, kills the servers with their plugins and removes the
 * folder. On an ordinary exit that is done before the process is gone.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('guard.sh', import.meta.url))
const guards = new Set<ClusterGuard>()

process.on('exit', () => {
  for (const guard of guards) guard.clearNow()
})

export class ClusterGuard {
  readonly #folder: string
  readonly #groups = new Set<number>()
  readonly #process: ChildProcess

  constructor(folder: string) {
    this.#folder = folder
    // A session of its own: Ctrl-C in the terminal must not end it before its work is done.
    this.#process = spawn('sh', [script, folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#process.unref()
    // Its death must not be this process's: then only the ordinary exit is guarded.
    this.#process.on('error', () => undefined)
    this.#process.stdin?.on('error', () => undefined)
    guards.add(this)
  }

  /** A server runs in this process group, and so do the plugins it starts. */
  started(group: number): void {
    this.#groups.add(group)
    this.#process.stdin?.write(`started ${String(group)}\n`)
  }

  /** The group is gone: its number may soon be another's. */
  ended(group: number): void {
    this.#groups.delete(group)
    this.#process.stdin?.write(`ended ${String(group)}\n`)
  }

  /** Kills what still runs, removes the folder, ends the guard. */
  async clear(): Promise<void> {
    this.clearNow()
    if (this.#process.exitCode !== null || this.#process.pid === undefined) return
    const gone = once(this.#process, 'exit')
    this.#process.ref()
    this.#process.stdin?.end()
    await gone
  }

  /** The same without waiting for the guard, which sees the end of this process by itself. */
  clearNow(): void {
    guards.delete(this)
    for (const group of this.#groups) killGroup(group)
    try {
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
    } catch {
      // A dying server may still be writing; the guard tries again.
    }
  }
}

/** Kills a server and its plugins at once; no matter if there is none any more. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
