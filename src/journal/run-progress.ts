/**
 * Follows the events of a run, so that an interrupt at any time can report how far the run got.
 * Pure.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'

export interface RunProgress {
  readonly sink: (event: JournalEvent) => void
  /** The outcome that the run would have if it stopped now. */
  readonly ending: () => RunOutcome & { readonly kind: 'interrupted' }
}

/** Follows a run of `plan`: give each event to `sink`. */
export function followRun({ steps }: Plan): RunProgress {
  const done = new Set<string>()
  const already = new Set<string>()
  const running = new Set<string>()
  const failed = new Set<string>()
  return {
    sink: (event) => {
      switch (event.event) {
        case 'step_started':
          running.add(event.step)
          break
        case 'step_done':
          done.add(event.step)
          if (event.outcome === 'already') already.add(event.step)
          running.delete(event.step)
          break
        case 'step_failed':
          running.add(event.step)
          failed.add(event.step)
          break
        case 'undo_started':
        case 'undo_done':
        case 'undo_failed':
        case 'run_started':
        case 'run_waiting':
        case 'run_ended':
          break
      }
    },
    ending: () => {
      const groups = new Set(steps.flatMap(({ id, group }) => (failed.has(id) ? group : [])))
      // The steps of a failed step's group are being rolled back.
      const isUnchecked = (step: Plan['steps'][number]): boolean =>
        running.has(step.id) || (groups.has(step.group) && done.has(step.id))
      const idsOf = (matches: (step: Plan['steps'][number]) => boolean): string[] =>
        steps.filter(matches).map(({ id }) => id)
      const unchecked = idsOf(isUnchecked)
      const isDone = (step: Plan['steps'][number]): boolean =>
        done.has(step.id) && !isUnchecked(step)
      return {
        kind: 'interrupted',
        unchecked,
        done: idsOf(isDone),
        already: idsOf((step) => isDone(step) && already.has(step.id)),
        remaining: idsOf((step) => !done.has(step.id) && !isUnchecked(step)),
      }
    },
  }
}
