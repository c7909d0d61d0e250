/** A whole drift report of what a comparison found, as an operation makes it. */
import type { DriftReport } from '../../src/documents/drift.generated.ts'
import type { DriftFindings } from '../../src/drift/find-drift.ts'

export function driftReport(findings: DriftFindings, over: Partial<DriftReport> = {}): DriftReport {
  return {
    checked_at: '2026-06-15T10:00:00.000Z',
    duration: 0.25,
    readings: 1,
    run_under_way: { state: 'none', seen_on: 'machine' },
    known_runs: { count: 1, latest: { run: '2026-06-15T09-00-00Z-0001', ended: true } },
    ...findings,
    ...over,
  }
}
