/** Why a run stopped although no step failed: an error for each reason, with what to do. */
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { Failure } from '../documents/run-outcome.ts'
import type { MovedNode } from './member-changes.ts'

/**
 * A node that a step needs did not answer for as long as `--wait` says. `moved`: nodes that the
 * cluster lists at another address now.
 */
export function stayedAway(reason: string, moved: readonly MovedNode[]): LockstepError {
  const now = moved.map(({ from, to }) => `the cluster lists ${from} at ${to} now`)
  return new LockstepError({
    code: 'node-away',
    message: [`a node does not answer: ${reason}`, ...now].join('; '),
    hint:
      moved.length > 0
        ? 'Resume: the plan holds for the same node at its new address.'
        : 'Bring the node back, then resume. To wait longer for a node: --wait SECONDS.',
  })
}

/** A node shows an older setting, also after the tune was sent again. */
export function staysBehind(reason: string): LockstepError {
  return new LockstepError({
    code: 'node-behind',
    message: reason,
    hint: 'The node has missed a change. Restart it, so that it reads everything again.',
  })
}

/** One node lacks what a step needs there; nothing was sent to it. */
export function lacksWhatItNeeds({ reason, causes }: Failure): LockstepError {
  const [missing] = causes.flatMap((cause) => (cause.kind === 'missing_file' ? cause : []))
  if (missing === undefined) return staysBehind(reason)
  return new LockstepError({
    code: 'binary-missing',
    message: reason,
    hint: `Copy ${missing.file} to the plugin directory of ${missing.node}, then resume.`,
  })
}

/** An exception that is no LockstepError is reported as a bug, with its stack. */
export function faultOf(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error
  return new LockstepError({
    code: 'bug',
    message: `this is a bug in lockstep, please report it: ${String(error instanceof Error ? error.stack : error)}`,
    cause: error,
  })
}

/** True if the token has ended, or may not do what the run needs. */
export function isTokenEnded(error: unknown): error is LockstepError {
  return error instanceof LockstepError && error.exitCode === EXIT.notAllowed
}
