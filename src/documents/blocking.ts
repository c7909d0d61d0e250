/** The findings that block a plan, and the exit code of a blocked plan. */
import { EXIT, type ExitCode } from '../domain/errors.ts'
import type { Finding, Plan } from './plan.generated.ts'

/** The errors without an allowance. */
export function blockingFindings(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ severity, allowed }) => severity === 'error' && allowed === undefined)
}

/** Exit code 8 if only missing rights block the plan, else 3. */
export function blockedExitCode(plan: Plan): ExitCode {
  return blockingFindings(plan.findings).every(({ rule }) => rule === 'capability-missing')
    ? EXIT.notAllowed
    : EXIT.blocked
}
