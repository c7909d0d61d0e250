/** Prints reports in the formats of code hosts and CI systems. */
import { isAbsolute, relative, resolve } from 'node:path'
import { LockstepError, unreachable } from '../domain/errors.ts'
import { commandLines, lines } from '../domain/printable.ts'
import { renderGithub } from '../render/formats/github.ts'
import { renderJunit } from '../render/formats/junit.ts'
import { buildFailureReport, type Report, type ReportRule } from '../render/formats/report.ts'
import { renderSarif } from '../render/formats/sarif.ts'
import type { RuleText } from '../safety/rule.ts'
import { RULES } from '../safety/rules.ts'
import type { Host } from './host/host.ts'
import type { HostFormat } from './options.ts'
import { VERSION } from './version.ts'

/** The rule as reports show it. */
export function reportRule({ name, severity, title, explanation, fix }: RuleText): ReportRule {
  return { name, level: severity, title, explanation, fix }
}

/** The rules that judge plans, for reports. */
export const REPORT_RULES: readonly ReportRule[] = RULES.map(reportRule)

/** Prints reports in a format, with paths relative to the root of the repository. */
export function printReports(format: HostFormat, reports: readonly Report[], host: Host): void {
  const text = renderReports(format, reports.map(relativeToRepository(host)))
  host.out(format === 'github' ? commandLines(text) : lines(text))
}

/**
 * Runs a command. If it throws before it has printed anything, a document in its format says so: a
 * pipeline uploads what is on stdout, also if the command failed.
 */
export async function withFailureReport<Result>(
  { format, ...what }: Pick<Report, 'command' | 'of'> & { readonly format: HostFormat | undefined },
  host: Host,
  run: (host: Host) => Promise<Result>,
): Promise<Result> {
  if (format === undefined) return run(host)
  const printed = { any: false }
  const out = (text: string): void => {
    printed.any = true
    host.out(text)
  }
  try {
    return await run({ ...host, out })
  } catch (error) {
    if (error instanceof LockstepError && !printed.any) {
      printReports(format, [buildFailureReport(error, what)], host)
    }
    throw error
  }
}

function renderReports(format: HostFormat, reports: readonly Report[]): string {
  switch (format) {
    case 'github':
      return renderGithub(reports)
    case 'sarif':
      return renderSarif(reports, { version: VERSION })
    case 'junit':
      return renderJunit(reports)
    default:
      return unreachable(format)
  }
}

/** Makes the paths of a report relative to the root of the repository, as code hosts expect. */
function relativeToRepository({ env }: Host): (report: Report) => Report {
  const root = env['GITHUB_WORKSPACE'] ?? env['CI_PROJECT_DIR']
  if (root === undefined || root === '') return (report) => report
  const pathOf = (file: string): string => {
    const path = relative(root, resolve(file))
    return path.startsWith('..') || isAbsolute(path) ? file : path
  }
  return (report) => ({
    ...report,
    results: report.results.map((result) =>
      result.place === undefined
        ? result
        : { ...result, place: { ...result.place, file: pathOf(result.place.file) } },
    ),
  })
}
