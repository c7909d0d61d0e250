/**
 * A plan file to a plan that may be carried out: made anew, from the desired state in the file and
 * from what the cluster is now. The file's steps say what was approved, and which reloads and checks
 * to do again where no record shows that they were done. Nothing else of the file is believed.
 */
import { readReloadsOf } from '../journal/past-runs.ts'
import type { Plan } from '../documents/plan.generated.ts'
import { comparePlans, type PlanComparison } from './compare-plans.ts'
import { makeUncheckedPlan, type PlanInput, type UncheckedPlan } from './make-plan.ts'
import { requestedSteps } from './requested-steps.ts'

export interface PlanFromFile extends UncheckedPlan {
  /** How the plan made now stands to the file. To be looked at where the plan is not blocked. */
  readonly comparison: PlanComparison
}

/** `input.desired`: what the file's `desired` was read as. Runs no command of it. */
export async function planFromFile(file: Plan, input: PlanInput): Promise<PlanFromFile> {
  const { live, folder } = input
  const reloaded = readReloadsOf(file.plan_id, { folder, cluster: live.cluster.id })
  const requested = requestedSteps(file, live, reloaded)
  const unchecked = await makeUncheckedPlan({ ...input, requested })
  return { ...unchecked, comparison: comparePlans(file, unchecked.plan, input) }
}
