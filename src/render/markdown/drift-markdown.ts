/**
 * Renders drift as Markdown, for an issue or a chat: a heading with the verdict, then the
 * differences with cause and fix. Those of a plugin that are equal except for the mount are one
 * item. What needs no action is folded.
 */
import type { Difference, DriftReport } from '../../documents/drift.generated.ts'
import { count } from '../../domain/count.ts'
import { LockstepError } from '../../domain/errors.ts'
import { byPlugin, type DriftBlock, joinAlike, nounOf } from '../drift-blocks.ts'
import { summarizeDrift } from '../drift-text.ts'
import { type NodeNames, nameNodes } from '../node-names.ts'
import { NAMED_IN_FINDING, productName } from '../wording.ts'
import { fitParts, type Part } from './fit-parts.ts'
import { clip, code, prose } from './markdown-text.ts'

export interface DriftMarkdownOptions {
  /** In bytes of UTF-8, the final newline not counted. */
  readonly limit: number
  /** The command that shows the whole report. */
  readonly seeAll: string
}

/** The most characters of a text that a server or a file gives. */
const LONGEST_TEXT = 400

/**
 * Ends without a newline. Throws a LockstepError if the limit is too small even for what is never
 * left out.
 */
export function renderDriftMarkdown(
  report: DriftReport,
  { limit, seeAll }: DriftMarkdownOptions,
): string {
  const names = nameNodes(report.cluster.nodes)
  const { cluster, checked_at, duration } = report
  const server = `${productName(cluster.product)} ${cluster.server_version}`
  const head = [
    `### ${code(clip(cluster.name, LONGEST_TEXT))}: ${prose(summarizeDrift(report))}`,
    `${prose(server)}, ${count(cluster.nodes.length, 'node')}, checked at ${code(checked_at)} in ${code(`${String(duration)} s`)}.${runSentence(report)}`,
  ].join('\n\n')
  const foot = `Fingerprint: ${code(report.fingerprint)}`
  const draw = (differences: readonly Difference[]): string[] =>
    byPlugin(differences).flatMap(([, group]) =>
      joinAlike(group, { apart: 1 }).map((block) => drawBlock(block, names)),
    )
  const parts = [
    shown('blocking', 'difference group', 'Drift', draw(report.differences)),
    shown('warnings', 'unconfirmed group', 'Not confirmed', draw(report.unconfirmed)),
    shown('warnings', 'unreadable group', 'Could not be read', draw(report.unreadable)),
    folded(
      'notes',
      'ignored difference',
      report.ignored.map((one) => drawIgnored(one, names)),
    ),
    folded('notes', 'unmanaged subject', report.unmanaged.map(drawUnmanaged)),
  ].flatMap((part) => part ?? [])
  const fitted = fitParts([{ head, foot, parts, seeAll: code(seeAll) }], limit)
  if (fitted.kind === 'fits') return fitted.text
  throw new LockstepError({
    code: 'limit-too-small',
    message: `--markdown-limit ${limit} is too small: the shortest Markdown for this drift takes ${fitted.shortest} bytes`,
    hint: 'Raise the limit.',
  })
}

function runSentence({ run_under_way: run }: DriftReport): string {
  if (run.state !== 'under_way') return ''
  return ` A run is under way: ${code(run.run)}, by ${code(clip(run.by, LONGEST_TEXT))}.`
}

function shown(
  kind: Part['kind'],
  noun: string,
  title: string,
  items: readonly string[],
): Part | undefined {
  if (items.length === 0) return undefined
  const draw = (some: readonly string[]): string => `#### ${title}\n\n${some.join('\n')}`
  return { kind, noun, items, isFolded: false, draw }
}

function folded(kind: Part['kind'], noun: string, items: readonly string[]): Part | undefined {
  if (items.length === 0) return undefined
  const summary = count(items.length, noun)
  const draw = (some: readonly string[]): string =>
    [`<details><summary>${summary}</summary>`, '', ...some, '', '</details>'].join('\n')
  return { kind, noun, items, isFolded: true, draw }
}

function drawBlock({ one, subjects, nodes, places }: DriftBlock, names: NodeNames): string {
  const { class: name, subject, desired, found, cause, fix } = one
  const text = (words: string): string => prose(clip(names.within(words), LONGEST_TEXT))
  const value = (words: string): string => code(clip(names.within(words), LONGEST_TEXT))
  const some = (all: readonly string[]): string => {
    const shown = all.slice(0, NAMED_IN_FINDING).map(value).join(', ')
    const left = all.length - NAMED_IN_FINDING
    return left > 0 ? `${shown} and ${left} more` : shown
  }
  const many = subjects.length === 1 ? '' : `${count(subjects.length, nounOf(one))}: `
  const isItself = nodes.length === 1 && nodes[0] === subject
  const where = nodes.length === 0 || isItself ? '' : ` on ${some(nodes)}`
  const place = places.length === 0 ? '' : `<br>In the file: ${some(places)}`
  return `- **${name}** ${many}${some(subjects)}${where}: desired ${value(desired)}, found ${value(found)}<br>Cause: ${text(cause)}<br>Fix: ${text(fix)}${place}`
}

function drawIgnored(
  { class: name, subject, node, because, until }: DriftReport['ignored'][number],
  names: NodeNames,
): string {
  const value = (words: string): string => code(clip(names.within(words), LONGEST_TEXT))
  const where = node === undefined || node === subject ? '' : ` on ${value(node)}`
  const end = until === undefined ? '' : ` (until ${code(until)})`
  return `- **${name}** ${value(subject)}${where}: ${prose(clip(because, LONGEST_TEXT))}${end}`
}

function drawUnmanaged({ subject, found }: Difference): string {
  return `- ${code(clip(subject, LONGEST_TEXT))}: ${code(clip(found, LONGEST_TEXT))}`
}
