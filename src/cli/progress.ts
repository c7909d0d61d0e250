/** What a run tells whoever watches: a list that moves on a terminal, one line a step otherwise. */
import { jsonText, line } from '../domain/printable.ts'
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { Plan, Step } from '../documents/plan.generated.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { describeAction } from '../render/action-text.ts'
import type { Host } from './host/host.ts'

export interface Progress {
  readonly sink: (event: JournalEvent) => void | Promise<void>
  /** Resolves when everything told has been drawn. */
  readonly end: () => Promise<void>
}

export interface ProgressOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** Begins to draw at the first event: a run that is locked out draws nothing. */
export function progressOf(plan: Plan, options: ProgressOptions, host: Host): Progress {
  let chosen: Promise<Progress> | undefined
  return {
    sink: async (event) => {
      chosen ??= chooseProgress(plan, options, host)
      await (await chosen).sink(event)
    },
    end: async () => {
      await (await chosen)?.end()
    },
  }
}

function chooseProgress(plan: Plan, options: ProgressOptions, host: Host): Promise<Progress> {
  if (options.json === true) return Promise.resolve(jsonProgress(host.out))
  if (options.quiet === true) return Promise.resolve(lineProgress(plan, () => undefined))
  // The list is drawn on stdout, and needs to know how wide that is.
  const canDraw = host.outIsTerminal && host.width < Infinity
  if (!canDraw || !host.errIsTerminal || options.verbose === true) {
    return Promise.resolve(lineProgress(plan, host.err))
  }
  return listProgress(plan, host)
}

function titleOf(step: Step, plan: Plan): string {
  // Without roles: the leader may have changed since the plan was made.
  const followsActive = onlyActiveRuns(plan.cluster)
  return describeAction(step.action, { nodes: [], followsActive, detail: false })
}

/** One line a step, for logs. Why one failed is told once, when the run has ended. */
export function lineProgress(plan: Plan, write: (text: string) => void): Progress {
  const of = plan.steps.length
  const followsActive = onlyActiveRuns(plan.cluster)
  const titles = new Map(
    plan.steps.map((step, at) => [step.id, `[${at + 1}/${of}] ${titleOf(step, plan)}`]),
  )
  const titleFor = (id: string): string => titles.get(id) ?? id
  let begun = ''
  return {
    sink: (event) => {
      switch (event.event) {
        case 'step_started':
          begun = event.step
          write(`${titleFor(event.step)} … `)
          break
        case 'step_done':
          if (event.outcome === 'done') write('done\n')
          else write(`${event.step === begun ? '' : `${titleFor(event.step)} … `}already so\n`)
          break
        case 'step_failed':
          // One that could not even begin has no line yet.
          write(
            `${event.step === begun ? '' : `${titleFor(event.step)} … `}${event.unseen === true ? 'NOT SEEN' : 'FAILED'}\n`,
          )
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

/** One event a line, for programs. */
function jsonProgress(write: (text: string) => void): Progress {
  return {
    sink: (event) => {
      write(`${jsonText(event)}\n`)
    },
    end: () => Promise.resolve(),
  }
}

interface Waiting {
  readonly finished: Promise<void>
  readonly finish: (error?: Error) => void
}

function waiting(): Waiting {
  let finish: Waiting['finish'] = () => undefined
  const finished = new Promise<void>((resolve, reject) => {
    finish = (error) => {
      if (error === undefined) resolve()
      else reject(error)
    }
  })
  // Drawn by the list; nobody else waits for it.
  finished.catch(() => undefined)
  return { finished, finish }
}

/** A list of the steps with the one under way turning; what is rolled back comes as lines below it. */
async function listProgress(plan: Plan, host: Host): Promise<Progress> {
  const { Listr } = await import('listr2')
  const steps = new Map(plan.steps.map((step) => [step.id, waiting()]))
  const ended = waiting()
  const list = new Listr(
    plan.steps.map((step) => ({
      title: titleOf(step, plan),
      task: () => Promise.race([steps.get(step.id)?.finished, ended.finished]),
    })),
    { registerSignalListeners: false, rendererOptions: { collapseErrors: false } },
  )
  const drawn = list.run().catch(() => undefined)
  const lines = lineProgress(plan, host.err)
  return {
    sink: async (event: JournalEvent) => {
      switch (event.event) {
        case 'step_done':
          steps.get(event.step)?.finish()
          break
        case 'step_failed':
          steps.get(event.step)?.finish(new Error('failed'))
          await drawn
          break
        case 'undo_started':
        case 'undo_done':
        case 'undo_failed':
        case 'run_waiting':
          await lines.sink(event)
          break
        case 'run_ended':
          ended.finish(new Error('not begun'))
          break
        case 'run_started':
        case 'step_started':
          break
      }
    },
    end: async () => {
      ended.finish(new Error('not begun'))
      await drawn
    },
  }
}
