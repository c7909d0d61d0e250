/** Makes the plan document from a draft: rehearsed, judged by every rule, with its id. Pure. */
import type { Plan } from '../documents/plan.generated.ts'
import { compareText } from '../domain/names.ts'
import type { LiveState } from '../domain/live.ts'
import { findDesiredEnd } from '../plan/desired-end.ts'
import { type DraftPlan, finishPlan, type FreshPlan } from '../plan/make-plan.ts'
import { judge } from '../safety/judge.ts'
import { neededFiles } from '../safety/needed-files.ts'
import type { RuleInput } from '../safety/rule.ts'
import { rehearse } from '../twin/rehearsal/rehearse.ts'

/** Rehearses the steps of a draft on the twin of the live state. */
export function rehearseDraft(draft: DraftPlan, live: LiveState): Plan['rehearsal'] {
  return rehearse({ live, steps: draft.steps, desiredEnd: findDesiredEnd(draft, live) })
}

/** `input.rehearsal`: what `rehearseDraft` returned. */
export function judgePlan(input: RuleInput & { readonly rehearsal: Plan['rehearsal'] }): FreshPlan {
  const { desired, live, draft, rehearsal } = input
  const binaryCheck = describeCheck(input)
  return finishPlan(draft, desired, live, {
    findings: judge(input, desired.allow),
    rehearsal,
    ...(binaryCheck !== undefined && { binaryCheck }),
  })
}

/** The `binary_check` of a plan; undefined if there is none, or if the plan starts no file. */
function describeCheck({ desired, draft }: RuleInput): Plan['cluster']['binary_check'] {
  const command = desired.cluster.binaryCheck?.command
  if (command === undefined) return undefined
  const files = neededFiles(draft)
    .filter((file) => file.for === 'run')
    .map(({ command, sha256 }) => ({ command, sha256 }))
    .sort((a, b) => compareText(a.command, b.command))
  return files.length === 0 ? undefined : { command: [...command], files }
}
