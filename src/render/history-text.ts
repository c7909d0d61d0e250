/** Renders runs, and what they did, from their journals. */
import type { HistoryRun } from '../documents/history.generated.ts'
import type { JournalEvent } from '../documents/journal.generated.ts'
import { printable } from '../domain/printable.ts'
import { describeAction } from './action-text.ts'

/** One line for each run, oldest first. */
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

/**
 * The number of steps that are done, without those rolled back. Rollbacks are known only from the
 * end of the run.
 */
function stepsDone(events: readonly JournalEvent[]): number {
  const ended = events.find((event) => event.event === 'run_ended')
  return ended?.done.length ?? events.filter((event) => event.event === 'step_done').length
}

/** One line for each event. */
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

/**
 * The name of the step, if a step ends that is not the one named before: several steps were under
 * way.
 */
function nameOfStep(event: JournalEvent, last: string | undefined): string {
  if (event.event !== 'step_done' && event.event !== 'step_failed') return ''
  return event.step === last ? '' : `${event.step}:`
}

/** A journal without an end belongs to a run that was killed or is under way. */
function outcomeOf(events: readonly JournalEvent[]): string {
  const ended = events.find((event) => event.event === 'run_ended')
  return ended?.outcome ?? 'not ended'
}

/** `shownReasons`: the reasons of failed steps, which were shown already. */
function describe(event: JournalEvent, shownReasons: ReadonlySet<string>): string {
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
      return `ended: ${event.outcome}${event.reason === undefined || shownReasons.has(event.reason) ? '' : ` (${event.reason})`}`
  }
}
