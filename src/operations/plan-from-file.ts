/**
 * A plan file to a plan that may be carried out: made anew, from the desired state in the file and
 * from what the cluster is now. Nothing else of the file is believed.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { comparePlans, type PlanComparison } from './compare-plans.ts'
import { makeUncheckedPlan, type PlanInput, type UncheckedPlan } from './make-plan.ts'

export interface PlanFromFile extends UncheckedPlan {
  /** How the plan made now stands to the file. To be looked at where the plan is not blocked. */
  readonly comparison: PlanComparison
}

/** `input.desired`: what the file's `desired` was read as. Runs no command of it. */
export async function planFromFile(file: Plan, input: PlanInput): Promise<PlanFromFile> {
  const unchecked = await makeUncheckedPlan(input)
  return { ...unchecked, comparison: comparePlans(file, unchecked.plan, input) }
}
