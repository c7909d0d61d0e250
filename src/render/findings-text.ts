/** Findings for a terminal: the gravest first, each with where it is written and the way out. */
import { unreachable } from '../domain/errors.ts'
import type { Finding } from '../documents/plan.generated.ts'
import type { Paint, Palette } from './palette.ts'
import { count } from '../domain/count.ts'
import { listSome, printable, shortenHashes } from './wording.ts'

const SEVERITIES = ['error', 'warning', 'note'] as const satisfies readonly Finding['severity'][]

export interface FindingsTextOptions {
  readonly palette: Palette
  /** Every mount and node is named, and hashes are whole. */
  readonly detail?: boolean
}

/** Empty for no findings; otherwise without a final newline. */
export function renderFindings(
  findings: readonly Finding[],
  { palette, detail = false }: FindingsTextOptions,
): string {
  return SEVERITIES.flatMap((severity) => {
    const found = findings.filter((finding) => finding.severity === severity)
    if (found.length === 0) return []
    const title = severityPaint(severity, palette)(palette.bold(count(found.length, severity)))
    return [[title, ...found.flatMap((finding) => findingLines(finding, palette, detail))]]
  })
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function findingLines(finding: Finding, palette: Palette, detail: boolean): string[] {
  const { severity, rule, subject, message, fix, mounts, nodes, at, allowed, lines = [] } = finding
  const paint = allowed === undefined ? severityPaint(severity, palette) : palette.dim
  const text = (foreign: string): string =>
    detail ? printable(foreign) : shortenHashes(printable(foreign))
  return [
    `  ${paint(rule)}  ${palette.bold(printable(subject))}`,
    `    ${text(message)}`,
    ...(mounts.length > 0 ? [`    mounts: ${listSome(mounts, { all: detail })}`] : []),
    ...(nodes.length > 0 ? [`    nodes: ${listSome(nodes, { all: detail })}`] : []),
    ...(at === undefined ? [] : [`    ${palette.dim(`at ${printable(at)}`)}`]),
    ...(allowed === undefined
      ? [
          `    ${palette.cyan('fix:')} ${text(fix)}`,
          ...lines.map((line) => `      ${printable(line)}`),
        ]
      : [`    ${palette.green('allowed:')} ${text(allowed)}`]),
  ]
}

function severityPaint(severity: Finding['severity'], palette: Palette): Paint {
  switch (severity) {
    case 'error':
      return palette.red
    case 'warning':
      return palette.yellow
    case 'note':
      return palette.cyan
    default:
      return unreachable(severity)
  }
}
