/**
 * The document that a failing command with `--json` prints on stdout (`schemas/error.schema.json`).
 */
import type { ErrorDocument } from '../documents/error.generated.ts'
import { EXIT, type ExitCode, InputError, LockstepError } from '../domain/errors.ts'
import { jsonText, lines } from '../domain/printable.ts'

/** The document for an error. An error that is not a LockstepError is reported as a bug. */
export function errorDocument(error: unknown): string {
  if (!(error instanceof LockstepError)) {
    const text = error instanceof Error ? error.message : String(error)
    return format({ code: 'bug', message: `this is a bug in lockstep: ${text}`, exit: EXIT.error })
  }
  const { code, message, exitCode: exit, hint, details } = error
  if (!(error instanceof InputError)) {
    return format({ code, message, exit, details, ...(hint !== undefined && { hint }) })
  }
  const { problems } = error
  const first = problems[0]?.message ?? message
  const more = problems.length - 1
  return format({
    code,
    message: more > 0 ? `${first}, and ${more} more` : first,
    exit,
    ...(hint !== undefined && { hint }),
    problems: problems.map(({ message: of, source, hint: toDo }) => ({
      message: of,
      ...(source !== undefined && {
        source: { file: source.file, line: source.line, column: source.column },
      }),
      ...(toDo !== undefined && { hint: toDo }),
    })),
  })
}

/** The document for a command line that the parser refuses. `message` is the parser's message. */
export function usageDocument(message: string, exit: number): string {
  const text = message.replace(/^error: /, '')
  return format({ code: 'usage', message: text, exit, hint: 'See lockstep help <command>.' })
}

/** The document for a command that ended with this code and printed no document itself. */
export function exitDocument(exit: ExitCode): string {
  const meaning = MEANINGS[exit]
  return format({ ...meaning, exit, hint: 'stderr says more.' })
}

const MEANINGS: Readonly<Record<ExitCode, { readonly code: string; readonly message: string }>> = {
  [EXIT.done]: { code: 'done', message: 'done' },
  [EXIT.error]: { code: 'error', message: 'the command failed' },
  [EXIT.changes]: { code: 'changes', message: 'there are changes to make' },
  [EXIT.blocked]: { code: 'blocked', message: 'the plan is blocked by findings' },
  [EXIT.stale]: { code: 'stale', message: 'the plan is stale' },
  [EXIT.rolledBack]: { code: 'rolled-back', message: 'a step failed and was rolled back' },
  [EXIT.rollbackFailed]: {
    code: 'rollback-failed',
    message: 'a step failed and was not rolled back: needs a person',
  },
  [EXIT.locked]: { code: 'locked', message: 'another run holds the lock' },
  [EXIT.notAllowed]: { code: 'not-allowed', message: 'the token lacks a right' },
  [EXIT.notAllSeen]: { code: 'not-all-seen', message: 'not everything could be read' },
  [EXIT.stoppedBetween]: { code: 'stopped-between', message: 'stopped between two versions' },
  [EXIT.interrupted]: { code: 'interrupted', message: 'interrupted' },
}

interface ErrorFields {
  readonly code: string
  readonly message: string
  readonly exit: number
  readonly hint?: string
  readonly details?: readonly string[]
  readonly problems?: ErrorDocument['error']['problems']
}

function format({ code, message, exit, hint, details = [], problems = [] }: ErrorFields): string {
  const document: ErrorDocument = {
    format: 1,
    error: {
      code,
      message,
      exit_code: exit,
      ...(hint !== undefined && { hint }),
      details: [...details],
      problems,
    },
  }
  return lines(jsonText(document))
}
