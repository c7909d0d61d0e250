/** `lockstep apply`: plans, from files or a saved plan, asks, carries out, and plans again. */
import type { ExitCode } from '../../domain/errors.ts'
import { checkPlanId } from '../../operations/plan-file.ts'
import { resumeCommand } from '../resume-command.ts'
import { applyPlan, type ApplyOptions } from '../apply-plan.ts'
import type { Host } from '../host/host.ts'
import { makeJudgedPlan } from '../judged-plan.ts'
import { loadDesired } from '../load-desired.ts'
import { openSession, pluginsOf } from '../session.ts'

/** `planFile`: a plan saved by `plan --out`; without it the files of desired state are planned. */
export async function apply(
  planFile: string | undefined,
  options: ApplyOptions,
  host: Host,
): Promise<ExitCode> {
  if (planFile !== undefined) {
    const { applyPlanFile } = await import('../apply-plan-file.ts')
    return applyPlanFile(planFile, options, host)
  }
  const desired = await loadDesired(options, host)
  const session = await openSession(options, host, desired)
  try {
    const live = await session.observe(pluginsOf(desired))
    const plan = await makeJudgedPlan({ desired, live, session, options, host })
    if (options.expect !== undefined) checkPlanId(plan, options.expect)
    const resume = resumeCommand(['apply'], options)
    return await applyPlan({
      ...{ plan, desired, values: desired, session, options, host, resume, anew: resume },
    })
  } finally {
    await session.close()
  }
}
