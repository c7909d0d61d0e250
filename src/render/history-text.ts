/** Runs and what they did, from their journals. */
import type { HistoryRun } from '../documents/history.generated.ts'
import type { JournalEvent } from '../documents/journal.generated.ts'
import { printable } from '../domain/printable.ts'
import { describeAction } from './action-text.ts'

/** One line a run, oldest first. */
export function renderHistory(runs: readonly HistoryRun[]): string {
  if (runs.length === 0) return 'No runs yet on this machine.'
  return runs
    .map(({ name, events, under_way: underWay }) => {
      const started = events.find((event) => event.event === 'run_started')
      const steps = started === undefined ? '?' : String(started.steps)
      const backTo = started?.back_to === undefined ? '' : `, back to before ${started.back_to}`
      const cluster = started?.cluster.name ?? 'unknown cluster'
      return printable(
        `${name}  ${cluster}  ${underWay ? 'under way' : outcomeOf(events)}  ${stepsDone(events)} of ${steps} steps${backTo}  ${started?.by ?? ''}`.trimEnd(),
      )
    })
    .join('\n')
}

/** What was taken back is not counted; before the end that is not known. */
function stepsDone(events: readonly JournalEvent[]): number {
  const ended = events.find((event) => event.event === 'run_ended')
  return ended?.done.length ?? events.filter((event) => event.event === 'step_done').length
}

/** One line an event. */
export function renderRun(events: readonly JournalEvent[]): string {
  const failed = new Set(
    events.flatMap((event) => (event.event === 'step_failed' ? event.reason : [])),
  )
  let step: string | undefined
  const lines = events.map((event) => {
    const name = nameOfStep(event, step)
    if ('step' in event) step = event.step
    return printable(`${event.at}  ${name}${describe(event, failed)}`)
  })
  return lines.join('\n')
}

/** Of the end of a step that is not the last one told of: other steps were under way too. */
function nameOfStep(event: JournalEvent, last: string | undefined): string {
  if (event.event !== 'step_done' && event.event !== 'step_failed') return ''
  return event.step === last ? '' : `${event.step}:`
}

/** A journal without an end is of a run that was killed, or is under way. */
function outcomeOf(events: readonly JournalEvent[]): string {
  const ended = events.find((event) => event.event === 'run_ended')
  return ended?.outcome ?? 'not ended'
}

/** `told`: reasons that were given already, of the steps that failed. */
function describe(event: JournalEvent, told: ReadonlySet<string>): string {
  switch (event.event) {
    case 'run_started':
      return `run of plan ${event.plan_id.slice(0, 12)} on ${event.cluster.name}, ${event.steps} steps${event.back_to === undefined ? '' : `, back to where run ${event.back_to} began`}, by ${event.by}`
    case 'step_started':
      return `[${event.number}/${event.of}] ${event.step}`
    case 'step_done':
      return `        ${event.outcome}`
    case 'step_failed':
    case 'undo_failed':
      return `        FAILED: ${event.reason}`
    case 'undo_started':
      return `        rolling back: ${describeAction(event.action, { nodes: [], detail: false })}`
    case 'undo_done':
      return '        rolled back'
    case 'run_waiting':
      return `        waiting: ${event.reason}`
    case 'run_ended':
      return `ended: ${event.outcome}${event.reason === undefined || told.has(event.reason) ? '' : ` (${event.reason})`}`
  }
}
