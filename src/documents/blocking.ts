/** Which findings hold a plan back. */
import type { Finding } from './plan.generated.ts'

/** Errors that nobody accepted. */
export function blockingFindings(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ severity, allowed }) => severity === 'error' && allowed === undefined)
}
