/** The one error type: what went wrong, the exit code it ends with, and what to do next. */
import type { Source } from './desired.ts'
import { printable } from './printable.ts'

/** The exit codes, as the README's table has them. */
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
  /** One line: what others wrote may be in it, and a line break there is shown as one. */
  readonly message: string
  /** What the message speaks of, a line each: `http://node2:8200: sealed`. */
  readonly details?: readonly string[]
  readonly exitCode?: ExitCode
  /** What to do next, one sentence or command. */
  readonly hint?: string
  readonly cause?: unknown
}

/** A fault the user must hear of. Expected outcomes are values, not errors. */
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

/** What is wrong, what of, and what to do, a line each: fit for a terminal, without a final newline. */
export function describeError(error: LockstepError): string {
  if (error instanceof InputError) return error.problems.map(formatProblem).join('\n')
  const { message, details, hint } = error
  return [
    printable(message),
    ...details.map((detail) => `    ${printable(detail)}`),
    ...(hint === undefined ? [] : [`  ${printable(hint)}`]),
  ].join('\n')
}

/** One thing wrong with the input, where it stands, and the way out. */
export interface Problem {
  readonly message: string
  /** Absent where there is no place to point at, as for an empty directory. */
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

/** `file:line:column: message` and the way out on a line of its own; fit for a terminal. */
export function formatProblem({ source, message, hint }: Problem): string {
  const place = source === undefined ? '' : `${formatSource(source)}: `
  const end = hint === undefined ? '' : `\n    ${printable(hint)}`
  return `${printable(place + message)}${end}`
}

/** `file:line:column`, or the file alone where line 0 says that there are no lines to point at. */
export function formatSource(source: Source): string {
  if (source.line === 0) return source.file
  return `${source.file}:${source.line}:${source.column}`
}

/** What a fault of Node's is called: its code, as `ENOENT`, or its own words where it has none. */
export function faultName(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** Ends a `switch` over a union: reaching it is a bug. */
export function unreachable(value: never): never {
  throw new Error(`not a member of the union: ${JSON.stringify(value)}`)
}
