/** The log of the service: one JSON object for each event, in snake_case, without secrets. */
import type { DriftReport } from '../documents/drift.generated.ts'
import type { Round } from '../operations/watch-drift.ts'

export interface LogEntry {
  readonly level: 'info' | 'warning' | 'error'
  readonly event: 'started' | 'round' | 'message' | 'stopped'
  readonly [field: string]: unknown
}

/**
 * The entry of a round. Counts that are 0 are left out, and what no file names (`unmanaged`), which is
 * no drift.
 */
export function logRound(round: Round): LogEntry {
  const times = { began: round.began.toISOString(), duration: round.duration }
  if (round.kind === 'failed') {
    const { cause, message, details, hint } = round
    return {
      level: 'error',
      event: 'round',
      result: 'failed',
      ...times,
      cause,
      message,
      ...(details.length > 0 && { details }),
      ...(hint !== undefined && { hint }),
    }
  }
  const { report } = round
  const found = countClasses(report)
  const drifted = report.differences.length > 0
  const isSure = report.unreadable.length === 0 && report.unconfirmed.length === 0
  return {
    level: drifted || !isSure ? 'warning' : 'info',
    event: 'round',
    result: drifted ? 'drift' : isSure ? 'no_drift' : 'incomplete',
    ...times,
    cluster: report.cluster.name,
    ...(drifted && { differences: found }),
    ...(report.unreadable.length > 0 && { unreadable: report.unreadable.length }),
    ...(report.unconfirmed.length > 0 && { unconfirmed: report.unconfirmed.length }),
    ...(report.run_under_way.state === 'under_way' && { run_under_way: report.run_under_way.run }),
    fingerprint: report.fingerprint,
  }
}

function countClasses({ differences }: DriftReport): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { class: name } of differences) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries(counts)
}
