/**
 * The world of a command: streams, environment, clock and random numbers. It is passed in so that
 * tests can run commands. Commands never use `process` themselves.
 */
import { isatty } from 'node:tty'
import { processWorld, type World } from '../../operations/world.ts'
import { paintKey, terminalText } from '../../render/palette.ts'

export interface Host extends World {
  /** Writes results, for people or programs. Control characters are written as escapes. */
  readonly out: (text: string) => void
  /** Writes progress and errors, in the same way. */
  readonly err: (text: string) => void
  /**
   * If stderr is a terminal, shows a text as its last line. It replaces the text shown before, and
   * is erased at the next other output. An empty text erases the line.
   */
  readonly showLine: (text: string) => void
  /** The key by which `out` and `err` tell the colours of a palette from forged ones. */
  readonly paintKey: string
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  readonly inIsTerminal: boolean
  /** The columns of the terminal; Infinity if stdout is not a terminal. */
  readonly width: number
  /** Rows of the terminal; Infinity if there is none. */
  readonly height: number
  /** Ends the process at once. */
  readonly exit: (code: number) => void
  /** Asks a question on the terminal. */
  readonly ask: (question: string) => Promise<Answer>
  /**
   * Calls `callback` at each Ctrl-C, SIGTERM or SIGHUP until the returned function is called. Of
   * several callbacks only the newest is called.
   */
  readonly onInterrupt: (callback: () => void) => () => void
}

export type Answer =
  /** `text` has no newline. */
  | { readonly kind: 'said'; readonly text: string }
  /** Ctrl-C. */
  | { readonly kind: 'interrupted' }
  /** Ctrl-D, or the terminal was closed. */
  | { readonly kind: 'nothing' }

/** Moves to the beginning of the line and erases the line. */
const ERASE_LINE = '\r\u001b[K'

/** The host of this process. */
export function processHost(): Host {
  const world = processWorld()
  const key = paintKey(world.randomHex(4))
  let isLineShown = false
  const showLine = (text: string): void => {
    if (!isTerminal(process.stderr) || (text === '' && !isLineShown)) return
    process.stderr.write(`${ERASE_LINE}${terminalText(text, key)}`)
    isLineShown = text !== ''
  }
  return {
    ...world,
    out: (text) => {
      showLine('')
      process.stdout.write(terminalText(text, key))
    },
    err: (text) => {
      showLine('')
      process.stderr.write(terminalText(text, key))
    },
    showLine,
    paintKey: key,
    outIsTerminal: isTerminal(process.stdout),
    errIsTerminal: isTerminal(process.stderr),
    inIsTerminal: isatty(0),
    // A terminal without a known size reports 0 columns.
    width: (isTerminal(process.stdout) && process.stdout.columns) || Infinity,
    height: (isTerminal(process.stdout) && process.stdout.rows) || Infinity,
    exit: (code) => process.exit(code),
    ask: askTerminal,
    onInterrupt: callNewestAtSignals(),
  }
}

function callNewestAtSignals(): Host['onInterrupt'] {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const callbacks: (() => void)[] = []
  const callNewest = (): void => callbacks.at(-1)?.()
  return (callback) => {
    if (callbacks.length === 0) for (const signal of signals) process.on(signal, callNewest)
    callbacks.push(callback)
    return () => {
      const at = callbacks.lastIndexOf(callback)
      if (at >= 0) callbacks.splice(at, 1)
      if (callbacks.length === 0) for (const signal of signals) process.off(signal, callNewest)
    }
  }
}

/** Node leaves `isTTY` undefined if the stream is not a terminal. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true
}

async function askTerminal(question: string): Promise<Answer> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const closed = new AbortController()
  const result: { answer: Answer } = { answer: { kind: 'nothing' } }
  terminal.on('SIGINT', () => {
    result.answer = { kind: 'interrupted' }
    closed.abort()
  })
  terminal.on('close', () => {
    closed.abort()
  })
  try {
    return {
      kind: 'said',
      text: await terminal.question(terminalText(question), { signal: closed.signal }),
    }
  } catch {
    // The cursor is still on the line of the question.
    process.stdout.write('\n')
    return result.answer
  } finally {
    terminal.close()
  }
}
