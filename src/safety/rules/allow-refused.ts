/** An `allow` for a rule whose findings cannot be accepted. */
import type { AllowanceRule } from '../rule.ts'
import { whoAllows } from '../wording.ts'

export const allowRefused: AllowanceRule = {
  about: 'allowance',
  name: 'allow-refused',
  severity: 'error',
  title: 'An allowance is for a rule that cannot be allowed',
  explanation:
    'Some findings describe a plan that would take a mount down, or that no server would accept. To accept such a finding would not make the plan harmless, so `allow` has no effect on it. The entry is an error and not ignored, because its author relies on it.',
  fix: 'Remove the entry from `allow`, or the option `--allow`, and follow the fix of the finding.',
  allowable: false,
  judge({ rule: name, subject, source: at }, { rule }) {
    if (rule === undefined || rule.allowable) return undefined
    return {
      subject,
      message: `${whoAllows(at)} allows ${name} for ${subject}, but ${name} cannot be allowed.`,
      ...(at !== undefined && { at }),
    }
  },
}
