/** `--fail-on`: which drift ends `lockstep drift` with exit code 2. */
import { InvalidArgumentError } from 'commander'
import type { Difference, DriftReport } from '../documents/drift.generated.ts'
import { EXIT, type ExitCode } from '../domain/errors.ts'
import { DRIFT_CLASSES } from '../drift/classes.ts'

/** Names of classes, and severities: `error`, `warning`, `note`. */
export type FailOn = ReadonlySet<string>

/** From the least. */
const SEVERITIES = ['note', 'warning', 'error'] as const

/** Throws an InvalidArgumentError for a name that is neither. */
export function parseFailOn(text: string, previous: FailOn = new Set()): FailOn {
  const names = text.split(',').map((name) => name.trim())
  const known: readonly string[] = [...Object.keys(DRIFT_CLASSES), ...SEVERITIES]
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return new Set([...previous, ...names])
  throw new InvalidArgumentError(
    `"${unknown}" is no class of difference and no severity. Write one or more of: ${known.join(', ')}.`,
  )
}

/**
 * 2: a difference that counts. 9: no such difference, but something could not be read or was not
 * confirmed. A severity counts what differs, and `note` what is unmanaged; what could not be read
 * counts only if its class is named.
 */
export function driftExitCode(report: DriftReport, failOn: FailOn | undefined): ExitCode {
  const { differences, unreadable, unmanaged, unconfirmed } = report
  const counts = ({ class: name, severity }: Difference): boolean =>
    failOn === undefined ? name !== 'unmanaged' : failOn.has(name) || isAtLeast(severity, failOn)
  const fails =
    differences.some(counts) ||
    unmanaged.some(counts) ||
    (failOn?.has('unreadable') === true && unreadable.length > 0)
  if (fails) return EXIT.changes
  return unreadable.length > 0 || unconfirmed.some(counts) ? EXIT.notAllSeen : EXIT.done
}

function isAtLeast(severity: Difference['severity'], failOn: FailOn): boolean {
  return SEVERITIES.slice(0, SEVERITIES.indexOf(severity) + 1).some((name) => failOn.has(name))
}
