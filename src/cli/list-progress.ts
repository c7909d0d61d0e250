/**
 * Shows a run on a terminal: the list of its steps with a spinner at those under way, the number of
 * steps done, and the estimated time left. Rollbacks are printed as lines below the list.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { Plan, Step } from '../documents/plan.generated.ts'
import { blocksOf } from '../documents/step-blocks.ts'
import { count } from '../domain/count.ts'
import { printable } from '../domain/printable.ts'
import { createRunClock } from './estimate-time.ts'
import type { Host } from './host/host.ts'
import { lineProgress, type Progress, titleOf } from './progress.ts'

/** Milliseconds between two updates of the time. */
const TICK = 1_000

interface Completion {
  readonly finished: Promise<void>
  readonly finish: (error?: Error) => void
}

function createCompletion(): Completion {
  let finish: Completion['finish'] = () => undefined
  const finished = new Promise<void>((resolve, reject) => {
    finish = (error) => {
      if (error === undefined) resolve()
      else reject(error)
    }
  })
  // The list handles the rejection. Without this line, Node would report it as unhandled.
  finished.catch(() => undefined)
  return { finished, finish }
}

/** A line of the list: one step, or several that run at the same time. */
interface Item extends Completion {
  readonly steps: readonly Step[]
  done: number
  /** Draws the line again; does nothing while the line is not drawn. */
  draw: () => void
}

/** Rows that the list takes on a terminal of so many columns, with the time below the step under way. */
export function countRows(plan: Plan, width: number): number {
  const titles = blocksOf(plan.steps).map((steps) => titleOfItem({ steps, done: 1 }, plan))
  return titles.reduce((rows, title) => rows + Math.ceil((title.length + INDENT) / width), 2)
}

/** Columns before a title. */
const INDENT = 2

/** Draws the list on stdout, and rollbacks and waits on stderr. */
export async function listProgress(plan: Plan, host: Host): Promise<Progress> {
  const { Listr } = await import('listr2')
  const items = blocksOf(plan.steps).map((steps): Item => {
    return { ...createCompletion(), steps, done: 0, draw: () => undefined }
  })
  const itemOf = new Map(items.flatMap((item) => item.steps.map(({ id }) => [id, item] as const)))
  const stepOf = new Map(plan.steps.map((step) => [step.id, step]))
  const milliseconds = (): number => host.now().getTime()
  const clock = createRunClock(plan.steps, milliseconds())
  const ended = createCompletion()
  // While the list is drawn, it keeps what is written to stderr until its end.
  const shown = { wait: '', notice: '' }
  const notices = (): readonly string[] => [shown.wait, shown.notice].filter((text) => text !== '')
  const list = new Listr(
    items.map((item) => ({
      title: titleOfItem(item, plan),
      task: (_context, task): Promise<void> => {
        item.draw = () => {
          task.title = titleOfItem(item, plan)
          task.output = [clock.describe(milliseconds()), ...notices()].join('. ')
        }
        // Steps may have ended before the list began to draw.
        task.title = titleOfItem(item, plan)
        return Promise.race([item.finished, ended.finished]).finally(() => {
          // The list ignores updates of a line that has ended.
          item.draw = () => undefined
        })
      },
    })),
    { registerSignalListeners: false, rendererOptions: { collapseErrors: false } },
  )
  const state = { isDrawn: true }
  const drawn = list
    .run()
    .catch(() => undefined)
    .then(() => {
      state.isDrawn = false
    })
  const underWay = (): Item | undefined => items.find(({ steps, done }) => done < steps.length)
  const stopTicking = host.every(TICK, () => underWay()?.draw())
  const lines = lineProgress(plan, host.err)
  return {
    sink: async (event: JournalEvent) => {
      switch (event.event) {
        case 'step_done': {
          // After a failure the list is no longer drawn.
          if (!state.isDrawn) await lines.sink(event)
          const [item, step] = [itemOf.get(event.step), stepOf.get(event.step)]
          if (item === undefined || step === undefined) break
          clock.stepDone(step, milliseconds())
          shown.wait = ''
          item.done += 1
          item.draw()
          if (item.done === item.steps.length) item.finish()
          break
        }
        case 'step_failed':
          if (!state.isDrawn) await lines.sink(event)
          itemOf.get(event.step)?.finish(new Error('failed'))
          await drawn
          break
        case 'undo_started':
        case 'undo_done':
        case 'undo_failed':
          await lines.sink(event)
          break
        case 'run_waiting':
          await lines.sink(event)
          shown.wait = printable(event.reason)
          underWay()?.draw()
          break
        case 'run_ended':
          ended.finish(new Error('not finished'))
          break
        case 'run_started':
        case 'step_started':
          break
      }
    },
    notify: (text) => {
      shown.notice = text.trim()
      underWay()?.draw()
    },
    end: async () => {
      stopTicking()
      ended.finish(new Error('not finished'))
      await drawn
    },
  }
}

function titleOfItem({ steps, done }: Pick<Item, 'steps' | 'done'>, plan: Plan): string {
  const [first] = steps
  if (first === undefined) return ''
  if (steps.length === 1) return titleOf(first, plan)
  const progress = done === 0 || done === steps.length ? '' : `: ${done} done`
  return `${nameOfSteps(steps)}${progress}`
}

/** `tune 60 mounts`, `register 3 versions`. */
function nameOfSteps(steps: readonly Step[]): string {
  const kinds = new Set(steps.map(({ action }) => action.kind))
  const [kind] = kinds
  if (kinds.size > 1 || kind === undefined) return count(steps.length, 'step')
  return `${kind} ${count(steps.length, kind === 'tune' ? 'mount' : 'version')}`
}
