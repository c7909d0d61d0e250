/** Counts the differences of a report by class and by severity. Pure. */
import type { DriftReport } from '../documents/drift.generated.ts'
import { DRIFT_CLASSES, DRIFT_SEVERITIES, type DriftClass } from './classes.ts'

type Listed = Pick<
  DriftReport,
  'differences' | 'unconfirmed' | 'unreadable' | 'unmanaged' | 'ignored'
>

/** Every class and severity has a number, 0 too. Ignored and unconfirmed ones count apart. */
export function countDifferences(report: Listed): DriftReport['counts'] {
  const counted = [...report.differences, ...report.unreadable, ...report.unmanaged]
  const numbers = new Map<DriftClass, number>()
  for (const { class: name } of counted) numbers.set(name, (numbers.get(name) ?? 0) + 1)
  const classes = Object.keys(DRIFT_CLASSES) as DriftClass[]
  const ofSeverity = (severity: string): number =>
    classes
      .filter((name) => DRIFT_SEVERITIES[name] === severity)
      .reduce((sum, name) => sum + (numbers.get(name) ?? 0), 0)
  return {
    by_class: Object.fromEntries(
      classes.map((name) => [name, numbers.get(name) ?? 0]),
    ) as DriftReport['counts']['by_class'],
    by_severity: {
      error: ofSeverity('error'),
      warning: ofSeverity('warning'),
      note: ofSeverity('note'),
    },
    ignored: report.ignored.length,
    unconfirmed: report.unconfirmed.length,
  }
}
