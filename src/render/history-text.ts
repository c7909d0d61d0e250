/** Runs and what they did, from their journals. */
import type { JournalEvent } from '../documents/journal.generated.ts'

export interface NamedRun {
  readonly name: string
  readonly events: readonly JournalEvent[]
  /** Its process holds the lock and lives. */
  readonly underWay?: boolean
}

/** One line a run, oldest first. */
export function renderHistory(runs: readonly NamedRun[]): string {
  if (runs.length === 0) return 'No runs yet on this machine.'
  return runs
    .map(({ name, events, underWay }) => {
      const started = events.find((event) => event.event === 'run_started')
      const done = events.filter((event) => event.event === 'step_done').length
      const steps = started === undefined ? '?' : String(started.steps)
      const cluster = started?.cluster.name ?? 'unknown cluster'
      return `${name}  ${cluster}  ${underWay === true ? 'under way' : outcomeOf(events)}  ${done} of ${steps} steps  ${started?.by ?? ''}`.trimEnd()
    })
    .join('\n')
}

/** One line an event. */
export function renderRun(events: readonly JournalEvent[]): string {
  return events.map((event) => `${event.at}  ${describe(event)}`).join('\n')
}

/** A journal without an end is of a run that was killed, or is under way. */
function outcomeOf(events: readonly JournalEvent[]): string {
  const ended = events.find((event) => event.event === 'run_ended')
  return ended?.outcome ?? 'not ended'
}

function describe(event: JournalEvent): string {
  switch (event.event) {
    case 'run_started':
      return `run of plan ${event.plan_id.slice(0, 12)} on ${event.cluster.name}, ${event.steps} steps, by ${event.by}`
    case 'step_started':
      return `[${event.number}/${event.of}] ${event.step}`
    case 'step_done':
      return `        ${event.outcome}`
    case 'step_failed':
    case 'undo_failed':
      return `        FAILED: ${event.reason}`
    case 'undo_started':
      return `        putting back: ${event.action.kind}`
    case 'undo_done':
      return '        put back'
    case 'run_waiting':
      return `        waiting: ${event.reason}`
    case 'run_ended':
      return `ended: ${event.outcome}${event.reason === undefined ? '' : ` (${event.reason})`}`
  }
}
