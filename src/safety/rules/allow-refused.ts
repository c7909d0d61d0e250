/** An `allow` for a rule that nobody may overrule. */
import type { AllowanceRule } from '../rule.ts'
import { whoAllows } from '../wording.ts'

export const allowRefused: AllowanceRule = {
  about: 'allowance',
  name: 'allow-refused',
  severity: 'error',
  title: 'An allowance is for a rule that cannot be allowed',
  explanation:
    'Some findings describe a plan that would take a mount down, or that no server would carry out. Accepting those would not make them true or harmless, so `allow` has no effect on them. The entry is an error rather than ignored, because whoever wrote it believes that it holds.',
  fix: 'Take it out of `allow`, or leave that `--allow` away, and do what the finding’s own fix says.',
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
