/**
 * Renders findings for a terminal: errors first, each with its place and its fix. A finding that
 * follows from another one is shown under it.
 */
import { unreachable } from '../domain/errors.ts'
import type { Finding } from '../documents/plan.generated.ts'
import type { NodeNames } from './node-names.ts'
import type { Paint, Palette } from './palette.ts'
import { count } from '../domain/count.ts'
import { type FindingTree, nestFindings } from './finding-tree.ts'
import { namesBesideMessage } from './plan-review.ts'
import { listSome, NAMED_IN_FINDING, printable, shortenHashes } from './wording.ts'
import { wrapLine } from './wrap.ts'

const SEVERITIES = ['error', 'warning', 'note'] as const satisfies readonly Finding['severity'][]

export interface FindingsTextOptions {
  readonly palette: Palette
  readonly nodes: NodeNames
  /** Columns of the terminal; `Infinity` if there is none. */
  readonly width: number
  /** True: names every mount and node, and shows whole hashes. */
  readonly detail: boolean
}

/** Empty for no findings; else without a final newline. */
export function renderFindings(findings: readonly Finding[], options: FindingsTextOptions): string {
  const { palette } = options
  const trees = nestFindings(findings)
  return SEVERITIES.flatMap((severity) => {
    const found = trees.filter(({ finding }) => finding.severity === severity)
    if (found.length === 0) return []
    const title = severityPaint(severity, palette)(palette.bold(count(found.length, severity)))
    return [[title, ...found.flatMap((tree) => treeLines(tree, '  ', options))]]
  })
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function treeLines(
  { finding, following }: FindingTree,
  indent: string,
  options: FindingsTextOptions,
): string[] {
  const below = `${indent}  `
  return [
    ...findingLines(finding, indent, options),
    ...(following.length === 0
      ? []
      : [
          `${below}${options.palette.dim('this also causes:')}`,
          ...following.flatMap((tree) => treeLines(tree, `${below}  `, options)),
        ]),
  ]
}

function findingLines(finding: Finding, indent: string, options: FindingsTextOptions): string[] {
  const { palette, nodes, width, detail } = options
  const { severity, rule, subject, message, fix, at, allowed, lines = [] } = finding
  const paint = allowed === undefined ? severityPaint(severity, palette) : palette.dim
  const text = (value: string): string =>
    detail ? printable(value) : shortenHashes(printable(value))
  const line = (drawn: string): string[] => wrapLine(`${indent}  ${drawn}`, width)
  return [
    `${indent}${paint(printable(rule))}  ${palette.bold(printable(subject))}`,
    ...line(nodes.within(text(message))),
    ...namesNotInMessage('mounts', finding.mounts, finding, options).flatMap(line),
    ...namesNotInMessage('nodes', finding.nodes, finding, options).flatMap(line),
    ...(at === undefined ? [] : line(palette.dim(`at ${printable(at)}`))),
    ...(allowed === undefined
      ? [
          ...line(`${palette.cyan('fix:')} ${nodes.within(text(fix))}`),
          // These lines are copied, so they are never wrapped.
          ...lines.map((copied) => `${indent}    ${printable(copied)}`),
        ]
      : line(`${palette.green('allowed:')} ${text(allowed)}`)),
  ]
}

/** A list of names, unless the message already has each of them. */
function namesNotInMessage(
  title: 'mounts' | 'nodes',
  names: readonly string[],
  finding: Finding,
  { nodes, detail }: FindingsTextOptions,
): string[] {
  const unnamed = namesBesideMessage(names, finding)
  if (unnamed.length === 0) return []
  const shown = title === 'nodes' ? unnamed.map(nodes.of) : unnamed
  return [`${title}: ${listSome(shown, { all: detail, most: NAMED_IN_FINDING })}`]
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
