/**
 * Renders drift for a terminal or the log of a job: what differs, plugin by plugin, and what could
 * not be read. The last line is `No drift.`, the number of differences by class, or that not
 * everything could be read. Mounts with the same difference are shown in one block.
 */
import type { Difference, DriftReport } from '../documents/drift.generated.ts'
import { byPlugin, type DriftBlock, joinAlike, nounOf } from './drift-blocks.ts'
import { nodeLines } from './node-lines.ts'
import { type NodeNames, nameNodes } from './node-names.ts'
import type { Palette } from './palette.ts'
import { type Cell, layTable } from './table.ts'
import { count } from '../domain/count.ts'
import {
  describeAcceptance,
  HOW_TO_SEE_ALL,
  leavesOutNames,
  listSome,
  printable,
  productName,
  shortenHashes,
} from './wording.ts'
import { wrapLine, wrapWords } from './wrap.ts'

export interface DriftTextOptions {
  readonly palette: Palette
  /** Columns of the terminal; `Infinity` if there is none. */
  readonly width: number
  /** Shows the names of all mounts and nodes, and whole hashes. */
  readonly detail?: boolean
}

/** Ends without a newline. The last line is `summarizeDrift(report)`. */
export function renderDrift(
  report: DriftReport,
  { palette, width, detail = false }: DriftTextOptions,
): string {
  const { differences, unconfirmed, unreadable, known_runs } = report
  const view: DriftView = { palette, width, detail, names: nameNodes(report.cluster.nodes) }
  const paint = report.in_sync
    ? palette.green
    : differences.length > 0
      ? palette.red
      : palette.yellow
  const drawn = [
    header(report, view),
    ...byPlugin(differences).map(([plugin, group]) => differing(plugin, group, view)),
    differing(
      'Not confirmed: not in every reading, or read while a run was under way',
      unconfirmed,
      view,
    ),
    differing('Could not be read', unreadable, view),
    ignoredSection(report, view),
    renderUnusedIgnores(report, view),
    unmanagedSection(report, view),
  ].filter((section) => section !== '')
  return [
    ...drawn,
    ...(drawn.some(leavesOutNames) ? [palette.dim(HOW_TO_SEE_ALL)] : []),
    ...(known_runs.count > 0 ? [] : [palette.dim(wrapLine(NO_RUNS, width, 0).join('\n'))]),
    wrapLine(summarizeDrift(report), width, 0)
      .map((line) => paint(palette.bold(line)))
      .join('\n'),
  ].join('\n\n')
}

const NO_RUNS =
  'This machine has no journal of a run on this cluster. Without one, a reload that is missing after a change of only arguments or environment cannot be seen.'

/**
 * `No drift.`, or `Drift: 2 node-skew, 1 mount-down.`, the most frequent first. If nothing differs
 * but not everything could be read or was confirmed, neither: then drift is unknown.
 */
export function summarizeDrift({
  differences,
  unconfirmed,
  unreadable,
}: Pick<DriftReport, 'differences' | 'unconfirmed' | 'unreadable'>): string {
  if (differences.length === 0 && unconfirmed.length > 0) {
    const unread =
      unreadable.length === 0 ? '' : `, and ${count(unreadable.length, 'thing')} could not be read`
    return `Not known: ${count(unconfirmed.length, 'difference')} not confirmed${unread}.`
  }
  if (differences.length === 0 && unreadable.length > 0) {
    return `Not known: nothing differs in what could be read, and ${count(unreadable.length, 'thing')} could not be read.`
  }
  const counts = new Map<string, number>()
  for (const difference of [...differences, ...unreadable]) {
    counts.set(difference.class, (counts.get(difference.class) ?? 0) + 1)
  }
  if (counts.size === 0) return 'No drift.'
  const parts = [...counts].sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1))
  return `Drift: ${parts.map(([name, number]) => `${number} ${name}`).join(', ')}.`
}

interface DriftView {
  readonly palette: Palette
  readonly width: number
  readonly detail: boolean
  readonly names: NodeNames
}

function header({ cluster }: DriftReport, { palette, names }: DriftView): string {
  const server = `${productName(cluster.product)} ${printable(cluster.server_version)}`
  return [
    `Cluster ${palette.bold(printable(cluster.name))}, ${server}`,
    ...nodeLines(cluster.nodes, { names, palette }),
  ].join('\n')
}

/** Up to this many mounts with the same difference are shown one by one. */
const SHOWN_APART = 3

function differing(title: string, differences: readonly Difference[], view: DriftView): string {
  if (differences.length === 0) return ''
  const blocks = joinAlike(differences, { apart: view.detail ? Infinity : SHOWN_APART }).map(
    (block) => blockLines(block, view),
  )
  return [view.palette.bold(printable(view.names.of(title))), ...blocks.flat()].join('\n')
}

function blockLines(
  { one: first, subjects, places, nodes }: DriftBlock,
  view: DriftView,
): string[] {
  const { palette, width, detail, names } = view
  const many = subjects.length > 1 ? `${count(subjects.length, nounOf(first))}: ` : ''
  const named = palette.bold(listSome(subjects.map(names.of), { all: detail }))
  const isItself = nodes.length === 1 && nodes[0] === first.subject
  const where =
    nodes.length === 0 || isItself ? '' : `  on ${listSome(nodes.map(names.of), { all: detail })}`
  return [
    ...wrapLine(`  ${many}${named}  ${palette.yellow(first.class)}${where}`, width),
    ...field('desired', first.desired, view),
    ...field('found', first.found, view),
    ...field('cause', first.cause, view),
    ...field('fix', first.fix, view),
    ...(places.length === 0 ? [] : field('at', listSome(places, { all: detail }), view)),
  ]
}

const INDENT = '    '
const LABEL_WIDTH = 'desired: '.length

function field(name: string, value: string, view: DriftView): string[] {
  const { palette, width, detail, names } = view
  const named = names.within(printable(value))
  const text = detail ? named : shortenHashes(named)
  const [first = '', ...rest] = wrapWords(text, width - INDENT.length - LABEL_WIDTH)
  const label = `${name}:`.padEnd(LABEL_WIDTH)
  return [
    INDENT + (name === 'fix' ? palette.cyan(label) : palette.dim(label)) + first,
    ...rest.map((line) => INDENT + ' '.repeat(LABEL_WIDTH) + line),
  ]
}

function ignoredSection({ ignored }: DriftReport, { palette, names, width }: DriftView): string {
  if (ignored.length === 0) return ''
  const rows = ignored.map(({ class: name, subject, node, because, until }): Cell[] => [
    { text: name },
    {
      text: printable(
        node === undefined || node === subject
          ? names.of(subject)
          : `${subject} on ${names.of(node)}`,
      ),
    },
    { text: describeAcceptance({ because, until }) },
  ])
  const title = `Ignored by the files (${ignored.length})`
  return [palette.dim(title), ...tableLines(rows, width)].join('\n')
}

function renderUnusedIgnores(
  { unused_ignores }: DriftReport,
  { palette, width }: DriftView,
): string {
  if (unused_ignores.length === 0) return ''
  const rows = unused_ignores.map(({ class: name, subject, until, is, at }): Cell[] => [
    { text: printable(name) },
    { text: printable(subject) },
    { text: is === 'expired' ? `expired on ${printable(until ?? '')}` : 'matches no difference' },
    { text: printable(at), paint: palette.dim },
  ])
  const title = 'Unused `ignore`: remove it from the file, or set a later day'
  return [palette.yellow(title), ...tableLines(rows, width)].join('\n')
}

/** Names only a few for each plugin: the reader looks for differences. */
function unmanagedSection(
  { unmanaged }: DriftReport,
  { palette, detail, width }: DriftView,
): string {
  if (unmanaged.length === 0) return ''
  const rows = byPlugin(unmanaged).map(([plugin, group]): Cell[] => [
    { text: printable(plugin) },
    {
      text: listSome(
        group.map(({ subject }) => subject.replace(`${plugin} `, '')),
        { all: detail },
      ),
    },
  ])
  const title = 'Not named in the files, and left alone'
  return [palette.dim(title), ...tableLines(rows, width)].join('\n')
}

function tableLines(rows: readonly (readonly Cell[])[], width: number): string[] {
  return layTable(rows, '  ').lines.flatMap((line) => wrapLine(line, width))
}
