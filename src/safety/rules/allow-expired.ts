/** An `allow` whose last day is over: the finding that it accepted counts again. */
import type { AllowanceRule } from '../rule.ts'

export const allowExpired: AllowanceRule = {
  about: 'allowance',
  name: 'allow-expired',
  severity: 'warning',
  title: 'An allowance has expired',
  explanation:
    'An entry of `allow` may say until which day it holds, that day included. The day of this entry is over, so its finding counts again. If the finding is an error, it blocks the plan again.',
  fix: 'Fix the finding, or accept the risk again with a later `until`.',
  allowable: false,
  judge({ rule: name, subject, until, because, source: at }, { rule, expired, matched, covered }) {
    if (rule?.allowable !== true || !expired || !matched || covered) return undefined
    return {
      subject,
      message: `The allowance of ${name} for ${subject} ended on ${until ?? 'a day past'} (“${because}”), so the finding counts again.`,
      ...(at !== undefined && { at }),
    }
  },
}
