/** `lockstep plan`: what would be done, and why. Changes nothing. */
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { paletteFor } from '../colour.ts'
import type { Host } from '../host.ts'
import { isBlocked, makeJudgedPlan } from '../judged-plan.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { openSession, pluginsOf } from '../session.ts'

type PlanOptions = CommonOptions & {
  readonly json?: boolean
  readonly detailedExitcode?: boolean
}

export async function plan(options: PlanOptions, host: Host): Promise<ExitCode> {
  const desired = await loadDesired(options)
  const session = await openSession(options, host, desired)
  try {
    const live = await session.observe(pluginsOf(desired))
    const made = makeJudgedPlan(desired, live)
    if (options.json === true) host.out(`${JSON.stringify(made, null, 2)}\n`)
    else host.out(`${renderPlan(made, { palette: paletteFor(options, host) })}\n`)
    if (isBlocked(made)) {
      return EXIT.blocked
    }
    return options.detailedExitcode === true && made.steps.length > 0 ? EXIT.changes : EXIT.done
  } finally {
    await session.close()
  }
}
