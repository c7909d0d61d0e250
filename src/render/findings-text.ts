/**
 * Findings for a terminal: the gravest first, each with where it is written and how to fix it. What
 * follows from another finding stands under that one.
 */
import { unreachable } from '../domain/errors.ts'
import type { Finding } from '../documents/plan.generated.ts'
import type { NodeNames } from './node-names.ts'
import type { Paint, Palette } from './palette.ts'
import { count } from '../domain/count.ts'
import { type FindingTree, nestFindings } from './finding-tree.ts'
import { listSome, NAMED_IN_FINDING, printable, shortenHashes } from './wording.ts'
import { wrapLine } from './wrap.ts'

const SEVERITIES = ['error', 'warning', 'note'] as const satisfies readonly Finding['severity'][]

export interface FindingsTextOptions {
  readonly palette: Palette
  readonly nodes: NodeNames
  /** Columns; `Infinity` where there is no terminal. */
  readonly width: number
  /** Every mount and node is named, and hashes are whole. */
  readonly detail: boolean
}

/** Empty for no findings; otherwise without a final newline. */
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
  const text = (foreign: string): string =>
    detail ? printable(foreign) : shortenHashes(printable(foreign))
  const line = (drawn: string): string[] => wrapLine(`${indent}  ${drawn}`, width)
  return [
    `${indent}${paint(printable(rule))}  ${palette.bold(printable(subject))}`,
    ...line(nodes.within(text(message))),
    ...findUnnamed('mounts', finding.mounts, finding, options).flatMap(line),
    ...findUnnamed('nodes', finding.nodes, finding, options).flatMap(line),
    ...(at === undefined ? [] : line(palette.dim(`at ${printable(at)}`))),
    ...(allowed === undefined
      ? [
          ...line(`${palette.cyan('fix:')} ${nodes.within(text(fix))}`),
          // To be copied: never broken.
          ...lines.map((copied) => `${indent}    ${printable(copied)}`),
        ]
      : line(`${palette.green('allowed:')} ${text(allowed)}`)),
  ]
}

/** A list of names, unless the message has each of them. */
function findUnnamed(
  title: 'mounts' | 'nodes',
  names: readonly string[],
  { message, subject }: Finding,
  { nodes, detail }: FindingsTextOptions,
): string[] {
  if (names.every((name) => message.includes(name) || name === subject)) return []
  const shown = title === 'nodes' ? names.map(nodes.of) : names
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
