/** What a rehearsal that is not safe throughout says as a finding: it blocks, and is never allowed. */
import type { Finding, Rehearsal } from '../documents/plan.generated.ts'

export function judgeRehearsal(rehearsal: Rehearsal | null): Finding[] {
  return (rehearsal?.unsafe ?? []).map(({ after, problem }) => ({
    rule: 'unsafe-stopping-point',
    severity: 'error',
    subject: after,
    message: `Stopping after "${after}" would not be safe: ${problem}.`,
    fix: 'Do in two files, one applied after the other, what this one does at once; or report it, if the plan should have known.',
    mounts: [],
    nodes: [],
  }))
}
