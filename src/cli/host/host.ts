/**
 * The world a command runs in: streams, environment, clock and chance, handed in so that commands
 * can be run by tests. Commands never touch `process` themselves.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { paintKey, terminalText } from '../../render/palette.ts'

export interface Host {
  /** Results, for people or programs. What could act on a terminal is written as its escape. */
  readonly out: (text: string) => void
  /** Progress and errors; written the same way. */
  readonly err: (text: string) => void
  /** What a palette needs for `out` and `err` to know its colours from forged ones. */
  readonly paintKey: string
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  readonly inIsTerminal: boolean
  /** Columns of the terminal; without end where there is none. */
  readonly width: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** `user@host pid n`: who holds a lock or began a run. */
  readonly who: string
  readonly pid: number
  readonly hostname: string
  /** The same for two processes that see each other's numbers; undefined where nothing tells. */
  readonly machine: string | undefined
  /** True where a process of this machine is alive. */
  readonly isAlive: (pid: number) => boolean
  /** Ends the process at once. */
  readonly exit: (code: number) => void
  readonly now: () => Date
  readonly randomHex: (bytes: number) => string
  readonly wait: (milliseconds: number) => Promise<void>
  /** Calls back every so many milliseconds until the returned function is called. */
  readonly every: (milliseconds: number, callback: () => void) => () => void
  /** Asks a question on the terminal. */
  readonly ask: (question: string) => Promise<Answer>
  /** Calls back at each Ctrl-C, SIGTERM or SIGHUP until the returned function is called. */
  readonly onInterrupt: (callback: () => void) => () => void
}

export type Answer =
  /** Without its newline. */
  | { readonly kind: 'said'; readonly text: string }
  /** Ctrl-C. */
  | { readonly kind: 'interrupted' }
  /** Ctrl-D, or a terminal that went away. */
  | { readonly kind: 'nothing' }

export function processHost(): Host {
  const key = paintKey(randomHex(4))
  return {
    out: (text) => void process.stdout.write(terminalText(text, key)),
    err: (text) => void process.stderr.write(terminalText(text, key)),
    paintKey: key,
    outIsTerminal: isTerminal(process.stdout),
    errIsTerminal: isTerminal(process.stderr),
    inIsTerminal: isatty(0),
    // A terminal whose size nobody has set says 0.
    width: (isTerminal(process.stdout) && process.stdout.columns) || Infinity,
    env: process.env,
    home: homedir(),
    who: `${userName()}@${hostname()} pid ${process.pid}`,
    pid: process.pid,
    hostname: hostname(),
    get machine() {
      return machine()
    },
    isAlive,
    exit: (code) => process.exit(code),
    now: () => new Date(),
    randomHex,
    wait: async (milliseconds) => {
      await sleep(milliseconds)
    },
    every: (milliseconds, callback) => {
      const timer = setInterval(callback, milliseconds)
      return () => {
        clearInterval(timer)
      }
    },
    ask: askTerminal,
    onInterrupt: (callback) => {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
      for (const signal of signals) process.on(signal, callback)
      return () => {
        for (const signal of signals) process.off(signal, callback)
      }
    },
  }
}

function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex')
}

/** Where there is none, Node leaves the field out: `undefined` is no `false` to who asks for one. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container's user id without a name.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/** A host's name may be another's too, and containers number their processes each for itself. */
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
    // Somebody else's process, but alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function askTerminal(question: string): Promise<Answer> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const left = new AbortController()
  const end: { answer: Answer } = { answer: { kind: 'nothing' } }
  terminal.on('SIGINT', () => {
    end.answer = { kind: 'interrupted' }
    left.abort()
  })
  terminal.on('close', () => {
    left.abort()
  })
  try {
    return {
      kind: 'said',
      text: await terminal.question(terminalText(question), { signal: left.signal }),
    }
  } catch {
    // The cursor stands behind the question.
    process.stdout.write('\n')
    return end.answer
  } finally {
    terminal.close()
  }
}
