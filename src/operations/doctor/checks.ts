/** What the checks of `doctor` return, and the order in which they are reported. */
import type { CheckName, DoctorCheck } from '../../documents/doctor.generated.ts'
import {
  EXIT,
  type ExitCode,
  formatProblem,
  InputError,
  LockstepError,
} from '../../domain/errors.ts'

/** In the order in which `apply` meets the problem. So the first one that failed ends it. */
const ORDER: readonly CheckName[] = [
  'file',
  'settings',
  'proxy',
  'address',
  'certificate',
  'clock',
  'token',
  'nodes',
  'reading',
  'rights',
  'plan',
  'lock',
  'journal',
]

type Finding = Omit<DoctorCheck, 'details'> & { readonly details?: readonly string[] }

/** A check with its details, in the form of the report. */
export function found(finding: Finding): DoctorCheck {
  const { check, result, message, details = [], fix, exit_code } = finding
  return {
    ...{ check, result, message, details: [...details] },
    ...(fix !== undefined && { fix }),
    ...(exit_code !== undefined && { exit_code }),
  }
}

/** The check that found an error which ends `apply`, too. */
export function failed(check: CheckName, error: LockstepError): DoctorCheck {
  const isInput = error instanceof InputError
  const { message, details, hint: fix, exitCode } = error
  return found({
    ...{ check, result: 'failed', exit_code: exitCode },
    message: isInput ? 'The file has problems.' : message.replace(/[^.:!?]$/, '$&.'),
    details: isInput ? error.problems.map(formatProblem) : details,
    ...(fix !== undefined && { fix }),
  })
}

/** The value, or the LockstepError that `run` throws. Other errors are bugs, and are thrown. */
export async function orError<Value>(
  run: () => Promise<Value> | Value,
): Promise<Value | LockstepError> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof LockstepError) return error
    throw error
  }
}

/** Every check once and in order; `why` says why the ones that are not in `made` were not made. */
export function completeChecks(made: readonly DoctorCheck[], why: string): readonly DoctorCheck[] {
  return ORDER.map(
    (check) =>
      made.find((other) => other.check === check) ??
      found({ check, result: 'skipped', message: why }),
  )
}

/** The exit code of the first check that failed, of checks in order; 0 if none failed. */
export function exitCodeOf(checks: readonly DoctorCheck[]): ExitCode {
  const first = checks.find(({ result }) => result === 'failed')
  return (first?.exit_code as ExitCode | undefined) ?? EXIT.done
}
