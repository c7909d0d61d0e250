/** What a run tells whoever watches: a list that moves on a terminal, one line a step otherwise. */
import { jsonText, line } from '../domain/printable.ts'
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { Plan, Step } from '../documents/plan.generated.ts'
import { blocksOf } from '../documents/step-blocks.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { describeAction } from '../render/action-text.ts'

export interface Progress {
  readonly sink: (event: JournalEvent) => void | Promise<void>
  /** Resolves when everything told has been drawn. */
  readonly end: () => Promise<void>
}

export function titleOf(step: Step, plan: Plan): string {
  // Without roles: the leader may have changed since the plan was made.
  const followsActive = onlyActiveRuns(plan.cluster)
  return describeAction(step.action, { nodes: [], followsActive, detail: false })
}

/**
 * One line a step, for logs. A step that goes alone has its line when it begins, since it may take
 * long; steps that go beside each other have theirs when they end. Why one failed is told once, when
 * the run has ended.
 */
export function lineProgress(plan: Plan, write: (text: string) => void): Progress {
  const of = plan.steps.length
  const followsActive = onlyActiveRuns(plan.cluster)
  const titles = new Map(
    plan.steps.map((step, at) => [step.id, `[${at + 1}/${of}] ${titleOf(step, plan)}`]),
  )
  const titleFor = (id: string): string => titles.get(id) ?? id
  const beside = stepsBesideOthers(plan)
  /** The step whose line has no end yet. */
  let open = ''
  const end = (id: string, how: string): void => {
    write(open === id ? `${how}\n` : `${titleFor(id)} … ${how}\n`)
    open = ''
  }
  return {
    sink: (event) => {
      switch (event.event) {
        case 'step_started':
          if (beside.has(event.step)) break
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

/** Ids of the steps that may be under way with others: they come after the same steps. */
function stepsBesideOthers({ steps }: Plan): ReadonlySet<string> {
  const wide = blocksOf(steps).filter(({ length }) => length > 1)
  return new Set(wide.flat().map(({ id }) => id))
}

/** One event a line, for programs. */
export function jsonProgress(write: (text: string) => void): Progress {
  return {
    sink: (event) => {
      write(`${jsonText(event)}\n`)
    },
    end: () => Promise.resolve(),
  }
}
