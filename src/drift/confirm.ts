/**
 * Tells lasting differences from passing ones: a difference is confirmed if every reading has it
 * and no run was under way. Pure.
 */
import type { Difference } from '../documents/drift.generated.ts'
import { countDifferences } from './count-differences.ts'
import type { DriftFindings } from './find-drift.ts'
import { fingerprintOf } from './found-difference.ts'

/** One reading of the cluster. */
export interface DriftReading {
  readonly findings: DriftFindings
  /** True if a run was seen to be under way at its end. */
  readonly runUnderWay: boolean
}

/**
 * The findings of the last reading. Differences that are not confirmed are moved to `unconfirmed`.
 * A run that was under way at the end of the reading before the last may have ended during the
 * last one, so it counts too.
 */
export function confirmDrift(readings: readonly [DriftReading, ...DriftReading[]]): DriftFindings {
  const last = readings.at(-1) ?? readings[0]
  const earlier = readings
    .slice(0, -1)
    .map(({ findings }) => new Set(findings.differences.map(({ fingerprint }) => fingerprint)))
  const isDisturbed = readings.slice(-2).some(({ runUnderWay }) => runUnderWay)
  const isConfirmed = ({ fingerprint }: Difference): boolean =>
    !isDisturbed && earlier.every((reading) => reading.has(fingerprint))
  const { findings } = last
  const differences = findings.differences.filter(isConfirmed)
  const unconfirmed = findings.differences.filter((difference) => !isConfirmed(difference))
  const shown = { ...findings, differences, unconfirmed }
  return {
    ...shown,
    fingerprint: fingerprintOf([...differences, ...findings.unreadable]),
    counts: countDifferences(shown),
  }
}
