/**
 * Renders annotations of GitHub Actions: a command of the runner on each line. A text of others
 * cannot begin a line, so it cannot be a command.
 */
import { unreachable } from '../../domain/errors.ts'
import { printable } from '../../domain/printable.ts'
import type { Report, ReportResult } from './report.ts'

/** Errors first, since GitHub shows ten annotations of each level. Ends with the summaries. */
export function renderGithub(reports: readonly Report[]): string {
  const order = ['error', 'warning', 'note'] as const
  return [
    ...order.flatMap((level) =>
      reports.flatMap(({ results }) =>
        results.filter((result) => shownLevel(result) === level).map(annotation),
      ),
    ),
    ...reports
      .map(({ summary, of }) => `${printable(of)}: ${printable(summary)}`)
      .map(escapeCommand),
  ].join('\n')
}

/** An accepted result is a note. */
function shownLevel({ level, accepted }: ReportResult): ReportResult['level'] {
  return accepted === undefined ? level : 'note'
}

function annotation(result: ReportResult): string {
  const { rule, subject, message, fix, lines = [], accepted, place } = result
  const title = [rule, subject].filter((part) => part !== '').join(' ')
  const properties = [
    ...(place === undefined ? [] : [`file=${property(place.file)}`]),
    ...(place?.line === undefined ? [] : [`line=${place.line}`]),
    ...(place?.column === undefined ? [] : [`col=${place.column}`]),
    `title=${property(accepted === undefined ? title : `accepted: ${title}`)}`,
  ]
  const text = [
    message,
    ...(accepted === undefined ? [] : [`Accepted: ${accepted}`]),
    ...(fix === undefined || accepted !== undefined ? [] : [`Fix: ${fix}`, ...lines]),
  ]
  return `::${command(shownLevel(result))} ${properties.join(',')}::${text.map(data).join('%0A')}`
}

function command(level: ReportResult['level']): string {
  switch (level) {
    case 'error':
    case 'warning':
      return level
    case 'note':
      return 'notice'
    default:
      return unreachable(level)
  }
}

/**
 * The runner decodes `%25`, `%0D` and `%0A` in the text, and `%3A` and `%2C` in properties, too.
 */
function data(text: string): string {
  return printable(text).replaceAll('%', '%25')
}

function property(text: string): string {
  return printable(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** Prevents that a line is a command: those begin with `::`, or with `##[` for other runners. */
function escapeCommand(line: string): string {
  return /^\s*(?:::|##\[)/.test(line) ? `- ${line}` : line
}
