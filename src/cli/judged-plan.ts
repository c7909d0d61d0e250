/** Desired and live state to a plan that was judged by every rule and rehearsed. */
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { draftPlan, finishPlan } from '../plan/make-plan.ts'

export function makeJudgedPlan(desired: DesiredState, live: LiveState): Plan {
  const draft = draftPlan(desired, live)
  return finishPlan(draft, desired, live, { findings: [], rehearsal: null })
}

export function isBlocked(plan: Plan): boolean {
  return plan.findings.some(
    ({ severity, allowed }) => severity === 'error' && allowed === undefined,
  )
}
