/** Chooses how the progress of a run is shown, by the options and by the terminal. */
import type { Plan } from '../documents/plan.generated.ts'
import type { Host } from './host/host.ts'
import { countRows, listProgress } from './list-progress.ts'
import { jsonProgress, lineProgress, type Progress } from './progress.ts'
import { statusProgress } from './status-progress.ts'

export interface ProgressOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** Draws nothing before the first event: a run that finds the cluster locked draws nothing. */
export function createProgress(plan: Plan, options: ProgressOptions, host: Host): Progress {
  let chosen: Promise<Progress> | undefined
  let current: Progress | undefined
  return {
    sink: async (event) => {
      chosen ??= chooseProgress(plan, options, host)
      current = await chosen
      await current.sink(event)
    },
    notify: (text) => current?.notify?.(text),
    end: async () => {
      await (await chosen)?.end()
    },
  }
}

function chooseProgress(plan: Plan, options: ProgressOptions, host: Host): Promise<Progress> {
  if (options.json === true) return Promise.resolve(jsonProgress(host.out))
  if (options.quiet === true) return Promise.resolve(lineProgress(plan, () => undefined))
  // The list is drawn on stdout, and must know the width of the terminal.
  const canDraw = host.outIsTerminal && host.width < Infinity
  if (!canDraw || !host.errIsTerminal || options.verbose === true) {
    return Promise.resolve(lineProgress(plan, host.err))
  }
  if (countRows(plan, host.width) > host.height) return Promise.resolve(statusProgress(plan, host))
  return listProgress(plan, host)
}
