/**
 * The world a command runs in: streams, environment, clock and chance, handed in so that commands
 * can be run by tests. Commands never touch `process` themselves.
 */
import { isatty } from 'node:tty'
import { processWorld, type World } from '../../operations/world.ts'
import { paintKey, terminalText } from '../../render/palette.ts'

export interface Host extends World {
  /** Results, for people or programs. What could act on a terminal is written as its escape. */
  readonly out: (text: string) => void
  /** Progress and errors; written the same way. */
  readonly err: (text: string) => void
  /**
   * Shows a text as the last line of the terminal that stderr is, in place of the one shown before,
   * until anything else is written; an empty one takes it away. Without a terminal nothing is shown.
   */
  readonly showLine: (text: string) => void
  /** What a palette needs for `out` and `err` to know its colours from forged ones. */
  readonly paintKey: string
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  readonly inIsTerminal: boolean
  /** Columns of the terminal; without end where there is none. */
  readonly width: number
  /** Ends the process at once. */
  readonly exit: (code: number) => void
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

/** To the beginning of the line, then nothing from there on. */
const ERASE_LINE = '\r\u001b[K'

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
    // A terminal whose size nobody has set says 0.
    width: (isTerminal(process.stdout) && process.stdout.columns) || Infinity,
    exit: (code) => process.exit(code),
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

/** Where there is none, Node leaves the field out: `undefined` is no `false` to who asks for one. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true
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
