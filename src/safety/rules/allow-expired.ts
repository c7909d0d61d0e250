/** An `allow` whose last day is over: what it accepted counts again. */
import type { AllowanceRule } from '../rule.ts'

export const allowExpired: AllowanceRule = {
  about: 'allowance',
  name: 'allow-expired',
  severity: 'warning',
  title: 'An allowance has ended',
  explanation:
    'An entry of `allow` may say until which day it holds, that day included. This one’s day is over, so the finding it accepted stands as if nothing had been said. An error that it accepted blocks the plan again.',
  fix: 'Deal with the finding, or have the risk accepted anew and write a later `until`.',
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
