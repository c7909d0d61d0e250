/** Finds the findings that block a plan. */
import type { Finding } from './plan.generated.ts'

/** The errors without an allowance. */
export function blockingFindings(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ severity, allowed }) => severity === 'error' && allowed === undefined)
}
