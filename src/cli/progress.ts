/** Reports the progress of a run: one line for each step, or one JSON event for each line. */
import { jsonText, line } from '../domain/printable.ts'
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { Plan, Step } from '../documents/plan.generated.ts'
import { blocksOf } from '../documents/step-blocks.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { describeAction } from '../render/action-text.ts'

export interface Progress {
  readonly sink: (event: JournalEvent) => void | Promise<void>
  /** Resolves when every event has been drawn. */
  readonly end: () => Promise<void>
  /** Shows what was also written to stderr; not given if that can be seen at once. */
  readonly notify?: (text: string) => void
}

/** The request of a step in words, with its first mounts. */
export function titleOf(step: Step, plan: Plan): string {
  // Without the roles of nodes: another node may be active since the plan was made.
  const followsActive = onlyActiveRuns(plan.cluster)
  return describeAction(step.action, { nodes: [], followsActive, detail: false })
}

export interface LineOptions {
  /** True prints each step when it ends. False if not given. */
  readonly wholeLines?: boolean
}

/**
 * One line for each step, for logs. A step that runs alone is printed when it begins, since it may
 * take long. Steps that run at the same time are printed when they end. The reason of a failure is
 * printed once, at the end of the run.
 */
export function lineProgress(
  plan: Plan,
  write: (text: string) => void,
  { wholeLines = false }: LineOptions = {},
): Progress {
  const of = plan.steps.length
  const followsActive = onlyActiveRuns(plan.cluster)
  const titles = new Map(
    plan.steps.map((step, at) => [step.id, `[${at + 1}/${of}] ${titleOf(step, plan)}`]),
  )
  const titleFor = (id: string): string => titles.get(id) ?? id
  const atEnd = wholeLines ? new Set(titles.keys()) : findConcurrentSteps(plan)
  /** The id of the step whose line is not finished; '' if there is none. */
  let open = ''
  const end = (id: string, how: string): void => {
    write(open === id ? `${how}\n` : `${titleFor(id)} … ${how}\n`)
    open = ''
  }
  return {
    sink: (event) => {
      switch (event.event) {
        case 'step_started':
          if (atEnd.has(event.step)) break
          open = event.step
          write(`${titleFor(event.step)} … `)
          break
        case 'step_done':
          end(event.step, event.outcome === 'done' ? 'done' : 'already so')
          break
        case 'step_failed':
          end(event.step, event.unseen === true ? 'NOT SEEN' : 'FAILED')
          break
        case 'undo_started':
          write(
            `  rolling back: ${describeAction(event.action, { nodes: [], followsActive, detail: false })} … `,
          )
          break
        case 'undo_done':
          write('done\n')
          break
        case 'undo_failed':
          write('FAILED\n')
          break
        case 'run_waiting':
          write(line`      ${event.reason}`)
          break
        case 'run_started':
        case 'run_ended':
          break
      }
    },
    end: () => Promise.resolve(),
  }
}

/** The ids of the steps that may run at the same time as others. */
function findConcurrentSteps({ steps }: Plan): ReadonlySet<string> {
  const blocks = blocksOf(steps).filter(({ length }) => length > 1)
  return new Set(blocks.flat().map(({ id }) => id))
}

/** Prints one event for each line, for programs. */
export function jsonProgress(write: (text: string) => void): Progress {
  return {
    sink: (event) => {
      write(`${jsonText(event)}\n`)
    },
    end: () => Promise.resolve(),
  }
}
