/** The parts of the machine that an operation needs: clock, random numbers, process, variables. */
import { readFileSync, readlinkSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { LONGEST_TIMER } from '../domain/duration.ts'
import type { EnvironmentVariables } from '../domain/environment-variables.ts'

/** Passed to operations, so that a test can set the time. */
export interface World {
  readonly env: EnvironmentVariables
  /** The user's home folder: the token file and the state folder are below it. */
  readonly home: string
  /** `user@host pid n`, as it is written into locks and journals. */
  readonly who: string
  readonly pid: number
  readonly hostname: string
  /** Equal for two processes that see each other's process ids; undefined if it cannot be read. */
  readonly machine: string | undefined
  /** True if a process of this machine is alive. */
  readonly isAlive: (pid: number) => boolean
  readonly now: () => Date
  readonly randomHex: (bytes: number) => string
  readonly wait: (milliseconds: number) => Promise<void>
  /** Calls `callback` every `milliseconds` until the returned function is called. */
  readonly every: (milliseconds: number, callback: () => void) => () => void
}

/** The world of this process. */
export function processWorld(): World {
  return {
    env: process.env,
    home: homedir(),
    who: `${userName()}@${hostname()} pid ${process.pid}`,
    pid: process.pid,
    hostname: hostname(),
    machine: machine(),
    isAlive,
    now: () => new Date(),
    randomHex: (bytes) =>
      Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex'),
    wait: async (milliseconds) => {
      await sleep(Math.min(milliseconds, LONGEST_TIMER))
    },
    every: (milliseconds, callback) => {
      const timer = setInterval(callback, milliseconds)
      return () => {
        clearInterval(timer)
      }
    },
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container can run under a user id that has no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/** Two machines can share a host name, and each container numbers its own processes. */
function machine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // The process is alive and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
