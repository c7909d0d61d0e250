/** `lockstep apply`: plans from files or takes a saved plan, asks, applies it, and plans again. */
import type { ExitCode } from '../../domain/errors.ts'
import { checkPlanId } from '../../operations/plan-files/plan-file.ts'
import { resumeCommand } from '../resume-command.ts'
import { makePlan } from '../../operations/make-plan.ts'
import { withAllowances } from '../allowances.ts'
import { approveAndApply, type ApplyOptions } from '../approve-and-apply.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import { openSession } from '../session.ts'

/**
 * `planFile`: a plan saved by `plan --out`. Without it, a plan is made from the files of desired
 * state.
 */
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
    const made = await makePlan({ desired: withAllowances(desired, options.allow) }, session)
    if (options.expect !== undefined) checkPlanId(made.plan, options.expect)
    const resume = resumeCommand(['apply'], options)
    return await approveAndApply({
      made,
      values: desired,
      session,
      options,
      host,
      resume,
      planCommand: resume,
    })
  } finally {
    await session.close()
  }
}
