/** The error type of the program: what went wrong, the exit code, and what to do next. */
import type { Source } from './desired.ts'
import { printable } from './printable.ts'

/** The exit codes of the table in the README. */
export const EXIT = {
  done: 0,
  error: 1,
  changes: 2,
  blocked: 3,
  stale: 4,
  rolledBack: 5,
  rollbackFailed: 6,
  locked: 7,
  notAllowed: 8,
  notAllSeen: 9,
  stoppedBetween: 10,
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export interface LockstepErrorDetails {
  /** Stable, for scripts: `sealed`, `not-allowed`, `invalid-input` … */
  readonly code: string
  /** One line. It may hold text of others: a line break in that is shown as an escape. */
  readonly message: string
  /** What the message lists, one line each: `http://node2:8200: sealed`. */
  readonly details?: readonly string[]
  readonly exitCode?: ExitCode
  /** What to do next: one sentence or command. */
  readonly hint?: string
  readonly cause?: unknown
}

/** An error that the user must see. Expected outcomes are values, not errors. */
export class LockstepError extends Error {
  readonly code: string
  readonly details: readonly string[]
  readonly exitCode: ExitCode
  readonly hint: string | undefined

  constructor(details: LockstepErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'LockstepError'
    this.code = details.code
    this.details = details.details ?? []
    this.exitCode = details.exitCode ?? EXIT.error
    this.hint = details.hint
  }
}

/**
 * The message, its details and the hint, one line each, safe for a terminal, without a final
 * newline.
 */
export function describeError(error: LockstepError): string {
  if (error instanceof InputError) return error.problems.map(formatProblem).join('\n')
  const { message, details, hint } = error
  return [
    printable(message),
    ...details.map((detail) => `    ${printable(detail)}`),
    ...(hint === undefined ? [] : [`  ${printable(hint)}`]),
  ].join('\n')
}

/** One problem of the input, with its place and a hint. */
export interface Problem {
  readonly message: string
  /** Absent if there is no place, as for an empty directory. */
  readonly source?: Source
  readonly hint?: string
}

/** Bad input: every problem found, in the order of the files. */
export class InputError extends LockstepError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super({ code: 'invalid-input', message: problems.map(formatProblem).join('\n') })
    this.name = 'InputError'
    this.problems = problems
  }
}

/** `file:line:column: message`, and the hint on a second line; safe for a terminal. */
export function formatProblem({ source, message, hint }: Problem): string {
  const place = source === undefined ? '' : `${formatSource(source)}: `
  const end = hint === undefined ? '' : `\n    ${printable(hint)}`
  return `${printable(place + message)}${end}`
}

/** `file:line:column`; only the file if the line is 0. */
export function formatSource(source: Source): string {
  if (source.line === 0) return source.file
  return `${source.file}:${source.line}:${source.column}`
}

/** The code of an error of Node, such as `ENOENT`; the error as text if it has no code. */
export function errorName(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** The default of a `switch` over a union. To reach it is a bug. */
export function unreachable(value: never): never {
  throw new Error(`not a member of the union: ${JSON.stringify(value)}`)
}
