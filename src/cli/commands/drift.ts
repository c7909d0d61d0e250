/** `lockstep drift`: reports how the cluster differs from the file, and why. Writes nothing. */
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { jsonText, lines } from '../../domain/printable.ts'
import { DRIFT_CLASSES } from '../../drift/classes.ts'
import { reportDrift } from '../../operations/report-drift.ts'
import { buildDriftReport } from '../../render/formats/report.ts'
import { renderDrift } from '../../render/drift-text.ts'
import { resumeCommand } from '../resume-command.ts'
import { printReports, withFailureReport } from '../formats.ts'
import { viewOf } from '../host/colour.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import {
  type CommonOptions,
  DEFAULT_FILE,
  type DetailOption,
  type FormatOption,
} from '../options.ts'
import { openSession } from '../session.ts'
import { reportActiveRun } from '../report-active-run.ts'

type DriftOptions = CommonOptions &
  DetailOption &
  FormatOption & { readonly json?: boolean; readonly journal?: string }

export function drift(options: DriftOptions, host: Host): Promise<ExitCode> {
  const of = (options.file ?? [DEFAULT_FILE]).join(' + ')
  return withFailureReport({ command: 'drift', of, format: options.format }, host, (own) =>
    findAndShow(options, own),
  )
}

async function findAndShow(options: DriftOptions, host: Host): Promise<ExitCode> {
  const desired = await loadDesired(options, host)
  const session = await openSession(options, host, desired)
  try {
    const apply = resumeCommand(['apply'], options)
    const { report, live } = await reportDrift({ desired, apply }, session)
    await reportActiveRun({ live, desired }, session, host)
    if (options.json === true) host.out(lines(jsonText(report, 2)))
    else if (options.format !== undefined) {
      printReports(options.format, [buildDriftReport(report, DRIFT_CLASSES)], host)
    } else host.out(lines(renderDrift(report, viewOf(options, host))))
    if (report.differences.length > 0) return EXIT.changes
    return report.in_sync ? EXIT.done : EXIT.notAllSeen
  } finally {
    await session.close()
  }
}
