/** `lockstep drift`: what differs between the file and the cluster, and why. Changes nothing. */
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { jsonText, lines } from '../../domain/printable.ts'
import { readPast } from '../../journal/past-runs.ts'
import { findDrift } from '../../drift/find-drift.ts'
import { renderDrift } from '../../render/drift-text.ts'
import { resumeCommand } from '../resume-command.ts'
import { viewOf } from '../host/colour.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions, DetailOption } from '../options.ts'
import { journalFolder, pluginsOf } from '../../operations/context.ts'
import { openSession } from '../session.ts'
import { tellOfRunUnderWay } from '../run-in-progress.ts'

type DriftOptions = CommonOptions &
  DetailOption & { readonly json?: boolean; readonly journal?: string }

export async function drift(options: DriftOptions, host: Host): Promise<ExitCode> {
  const desired = await loadDesired(options, host)
  const session = await openSession(options, host, desired)
  try {
    const live = await session.observe(pluginsOf(desired))
    await tellOfRunUnderWay({ live, desired, session, host })
    const { id } = live.cluster
    const folder = journalFolder(session, id)
    const report = findDrift(desired, live, {
      today: host.now().toISOString().slice(0, 10),
      apply: resumeCommand(['apply'], options),
      past: readPast(folder, id),
    })
    if (options.json === true) host.out(lines(jsonText(report, 2)))
    else host.out(lines(renderDrift(report, viewOf(options, host))))
    if (report.differences.length > 0) return EXIT.changes
    return report.in_sync ? EXIT.done : EXIT.notAllSeen
  } finally {
    await session.close()
  }
}
