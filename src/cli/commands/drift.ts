/** `lockstep drift`: reports how the cluster differs from the file, and why. Changes nothing. */
import type { DriftReport } from '../../documents/drift.generated.ts'
import type { DesiredState } from '../../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { jsonText, line, lines } from '../../domain/printable.ts'
import { DRIFT_CLASSES, DRIFT_SEVERITIES } from '../../drift/classes.ts'
import { type DriftInput, reportDrift } from '../../operations/report-drift.ts'
import { buildDriftReport } from '../../render/formats/report.ts'
import { renderDrift, summarizeDrift } from '../../render/drift-text.ts'
import { type DriftCheck, renderDriftMetrics } from '../../render/drift-metrics.ts'
import { renderDriftMarkdown } from '../../render/markdown/drift-markdown.ts'
import type { ListenAddress } from '../../service/listen-address.ts'
import { driftExitCode, type FailOn } from '../fail-on.ts'
import { resumeCommand } from '../resume-command.ts'
import { printReports, withFailureReport } from '../formats.ts'
import { viewOf } from '../host/colour.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import {
  type CommonOptions,
  DEFAULT_FILE,
  type DetailOption,
  type HostFormat,
  type HtmlOption,
  type MarkdownOptions,
} from '../options.ts'
import { openSession } from '../session.ts'
import { describeActiveRun } from '../report-active-run.ts'
import { VERSION } from '../version.ts'

export type DriftOptions = CommonOptions &
  DetailOption &
  HtmlOption &
  MarkdownOptions & {
    readonly format?: HostFormat | 'prometheus'
    readonly json?: boolean
    readonly journal?: string
    readonly failOn?: FailOn
    readonly confirm?: number
    /** Seconds. */
    readonly after?: number
    readonly out?: string
    /** Seconds. */
    readonly interval?: number
    readonly listen?: ListenAddress
  }

/** Seconds between two readings. */
const AFTER = 20

/** Throws a LockstepError if there is a time between readings and only one reading. */
export function refuseLoneAfter({ after, confirm }: Pick<DriftOptions, 'after' | 'confirm'>): void {
  if (after === undefined || confirm !== undefined) return
  throw new LockstepError({
    code: 'usage',
    message: '--after is the time between two readings, and there is one reading only',
    hint: 'Say how many there are, as in --confirm 2 --after 20s.',
  })
}

/** What the options ask of a comparison with the desired state. */
export function driftInput(options: DriftOptions, desired: DesiredState): DriftInput {
  const { confirm: readings, after = AFTER } = options
  const apply = resumeCommand(['apply'], options)
  return { desired, apply, ...(readings !== undefined && { confirm: { readings, after } }) }
}

export async function drift(options: DriftOptions, host: Host): Promise<ExitCode> {
  if (options.listen !== undefined) {
    throw new LockstepError({
      code: 'usage',
      message: '--listen needs --interval: one check has nothing to answer later',
      hint: 'Say how often to check, as in --interval 5m --listen 127.0.0.1:9470.',
    })
  }
  refuseLoneAfter(options)
  const { out } = options
  if (out === undefined) return findAndReport(options, host)
  const written: string[] = []
  const toFile = { ...host, outIsTerminal: false, width: Infinity }
  const write = async (): Promise<void> => {
    if (written.length === 0) return
    const { writeOutputFile } = await import('../../operations/output-file.ts')
    // The textfile collector runs as another user.
    const isPublic = options.format === 'prometheus'
    const about = { what: 'the report', option: '--out', isPublic } as const
    await writeOutputFile(out, written.join(''), about)
    // What `--json` prints is in the file: no second document is printed for the exit code.
    host.out('')
  }
  const code = await findAndReport(options, {
    ...toFile,
    out: (text) => written.push(text),
  }).catch(async (error: unknown) => {
    await write()
    throw error
  })
  await write()
  return code
}

/** If the check fails, the document of its format says so. */
function findAndReport(options: DriftOptions, host: Host): Promise<ExitCode> {
  const { format } = options
  if (format === 'prometheus') return findAndMeasure(options, host)
  const of = (options.file ?? [DEFAULT_FILE]).join(' + ')
  return withFailureReport({ command: 'drift', of, format }, host, (own) =>
    findAndShow(options, own, {
      show: (report) => {
        if (format === undefined) own.out(lines(drawReport(report, options, own)))
        else {
          const rules = { classes: DRIFT_CLASSES, severities: DRIFT_SEVERITIES }
          printReports(format, [buildDriftReport(report, rules)], own)
        }
      },
    }),
  )
}

function drawReport(report: DriftReport, options: DriftOptions, host: Host): string {
  if (options.json === true) return jsonText(report, 2)
  if (options.markdown !== true) return renderDrift(report, viewOf(options, host))
  const seeAll = resumeCommand(['drift', '--detail'], options)
  return renderDriftMarkdown(report, { limit: options.markdownLimit, seeAll })
}

/** If the check fails, the metrics say so: an old file would say that all is well. */
async function findAndMeasure(options: DriftOptions, host: Host): Promise<ExitCode> {
  const began = host.now()
  const named: { cluster?: string } = {}
  const print = (check: DriftCheck): void => host.out(lines(renderDriftMetrics(check)))
  try {
    return await findAndShow(options, host, {
      onLoad: ({ cluster: { name } }) => {
        if (name !== undefined) named.cluster = name.value
      },
      show: (report) => {
        const cluster = named.cluster ?? report.cluster.name
        print({ cluster, lockstepVersion: VERSION, report })
      },
    })
  } catch (error) {
    if (error instanceof LockstepError) {
      const duration = Math.max(0, host.now().getTime() - began.getTime()) / 1000
      const check = { checkedAt: began.toISOString(), duration, lockstepVersion: VERSION }
      print({ ...check, cluster: named.cluster ?? '' })
    }
    throw error
  }
}

async function findAndShow(
  options: DriftOptions,
  host: Host,
  {
    show,
    onLoad,
  }: {
    readonly show: (report: DriftReport) => void
    readonly onLoad?: (desired: DesiredState) => void
  },
): Promise<ExitCode> {
  const desired = await loadDesired(options, host)
  onLoad?.(desired)
  const session = await openSession(options, host, desired)
  try {
    const { report, notices } = await reportDrift(driftInput(options, desired), session)
    for (const notice of notices) host.err(describeActiveRun(notice))
    if (options.html !== undefined) {
      const { writeDriftPage } = await import('../pages.ts')
      await writeDriftPage(options.html, report)
    }
    show(report)
    const code = driftExitCode(report, options.failOn)
    if (options.quiet !== true) {
      if (options.out !== undefined) host.err(line`${summarizeDrift(report)}`)
      if (code === EXIT.done && report.differences.length > 0) {
        host.err('None of the differences is of a kind that --fail-on names: exit 0.\n')
      }
    }
    return code
  } finally {
    await session.close()
  }
}
