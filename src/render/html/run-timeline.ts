/** The timeline of a run: each step, when it ran, how long it took, and what came of it. */
import type { JournalEvent } from '../../documents/journal.generated.ts'
import { unreachable } from '../../domain/errors.ts'
import type { NodeNames } from '../node-names.ts'
import { html, type Html, NOTHING } from './html.ts'
import { badge, foldRest, prose, type Tone } from './parts.ts'
import type { RunResult, RunRow, RunStory } from './run-story.ts'

const ROWS_SHOWN = 200
/** The width of a bar, in its own units. */
const WIDTH = 1000

/** Milliseconds. */
interface Span {
  readonly from: number
  readonly length: number
}

/** From the first event to the last; undefined if their times cannot be read. */
export function spanOf(events: readonly Pick<JournalEvent, 'at'>[]): Span | undefined {
  // A loop: a run may have more events than a call may have arguments.
  let [from, to] = [Infinity, -Infinity]
  for (const { at } of events) {
    const time = Date.parse(at)
    if (Number.isNaN(time)) continue
    from = Math.min(from, time)
    to = Math.max(to, time)
  }
  return from > to ? undefined : { from, length: to - from }
}

export function runTimeline(story: RunStory, nodes: NodeNames): Html {
  const { started, ended, rows } = story
  const times = [
    ...(started === undefined ? [] : [started]),
    ...rows.flatMap(({ from, to }) => [{ at: from }, ...(to === undefined ? [] : [{ at: to }])]),
    ...(ended === undefined ? [] : [ended]),
  ]
  const whole = spanOf(times)
  const rolledBack = new Set(ended?.rolled_back ?? [])
  return foldRest(
    rows.map((row) => drawRow(row, { whole, nodes, rolledBack })),
    {
      most: ROWS_SHOWN,
      noun: 'row',
      draw: (shown) =>
        html`<table class="run stack">
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Started</th>
              <th scope="col">Took</th>
              <th scope="col" aria-hidden="true"></th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            ${shown}
          </tbody>
        </table> `,
    },
  )
}

interface TimelineView {
  readonly whole: Span | undefined
  readonly nodes: NodeNames
  readonly rolledBack: ReadonlySet<string>
}

/** Why a step failed stands above the timeline. */
function drawRow(row: RunRow, { whole, nodes, rolledBack }: TimelineView): Html {
  const { kind, number, what, from, to, reason, step } = row
  const own = spanOf([{ at: from }, ...(to === undefined ? [] : [{ at: to }])])
  const { tone, word } = describeResult(row.result)
  const isBack = kind === 'step' && rolledBack.has(step) && row.result !== 'failed'
  const title =
    kind === 'undo'
      ? html`<span class="muted">rolling back:</span> ${nodes.within(what)}`
      : html`${nodes.within(what)}`
  const offset =
    own === undefined || whole === undefined ? from : `+${formatDuration(own.from - whole.from)}`
  return html`<tr class="${tone}">
    <th scope="row">
      ${number === '' ? NOTHING : html`<span class="number">${number}</span> `}${title}${reason === undefined || row.result === 'failed' ? NOTHING : html`<br /><span class="muted">${prose(reason, nodes)}</span>`}
    </th>
    <td class="time" data-label="Started"><span>${offset}</span></td>
    <td class="time" data-label="Took">
      <span>${to === undefined || own === undefined ? '' : formatDuration(own.length)}</span>
    </td>
    <td class="bar" aria-hidden="true">${bar(own, whole, tone)}</td>
    <td data-label="Result">
      <span>${badge(tone, word)}${isBack ? html` ${badge('warn', 'rolled back')}` : NOTHING}</span>
    </td>
  </tr> `
}

/** Where in the run it was. Widths are attributes: the page allows no style of their own. */
function bar(own: Span | undefined, whole: Span | undefined, tone: Tone): Html {
  if (own === undefined || whole === undefined || whole.length === 0) return NOTHING
  const scale = (time: number): number => Math.round((time / whole.length) * WIDTH)
  // What took no time is a thin line.
  const width = Math.max(scale(own.length), 6)
  const x = Math.max(0, Math.min(scale(own.from - whole.from), WIDTH - width))
  return html`<svg
    class="run-bar ${tone}"
    viewBox="0 0 ${WIDTH} 10"
    preserveAspectRatio="none"
    focusable="false"
  >
    <rect x="${x}" y="0" width="${width}" height="10"></rect>
  </svg>`
}

function describeResult(result: RunResult): { readonly tone: Tone; readonly word: string } {
  switch (result) {
    case 'done':
      return { tone: 'good', word: 'done' }
    case 'already':
      return { tone: 'good', word: 'already done' }
    case 'failed':
      return { tone: 'bad', word: 'failed' }
    case 'unknown':
      return { tone: 'warn', word: 'not known' }
    case 'undone':
      return { tone: 'warn', word: 'rolled back' }
    case 'undo_failed':
      return { tone: 'bad', word: 'rollback failed' }
    case 'waited':
      return { tone: 'info', word: 'waited' }
    default:
      return unreachable(result)
  }
}

/** `0.31 s`, `12.4 s`, `3 min 05 s`, `2 h 05 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0')
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
    : `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} min`
}
