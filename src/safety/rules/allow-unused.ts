/** An `allow` that matches no finding: it is left over, or a name is misspelt. */
import type { AllowanceRule } from '../rule.ts'
import { agree, nameSome, whoAllows } from '../wording.ts'

export const allowUnused: AllowanceRule = {
  about: 'allowance',
  name: 'allow-unused',
  severity: 'warning',
  title: 'An allowance matches no finding',
  explanation:
    'An entry of `allow` accepts the findings of one rule about one subject, both written exactly as the finding has them. This entry matches no finding. Either the finding is fixed, or the rule or the subject is misspelt. If the entry stays in the file, it accepts the same finding the next time without a new decision.',
  fix: 'Remove the entry from `allow`, or the option `--allow`.',
  allowable: false,
  judge({ rule: name, subject, source: at }, { rule, expired, matched, covered, subjects }) {
    const place = at === undefined ? {} : { at }
    const who = whoAllows(at)
    if (rule === undefined) {
      return {
        subject,
        message: `${who} allows ${name} for ${subject}, but there is no rule of that name.`,
        fix: '`lockstep explain` lists the rules: correct the name, or remove the entry.',
        ...place,
      }
    }
    if (!rule.allowable || (matched && !(expired && covered))) return undefined
    if (matched || subjects.length === 0) {
      const message = matched
        ? `The allowance of ${name} for ${subject} has expired, and another entry accepts the same finding.`
        : `${who} allows ${name} for ${subject}, but the rule found nothing.`
      return { subject, message, ...place }
    }
    return {
      subject,
      message: `${who} allows ${name} for ${subject}, but the findings of the rule are about ${nameSome(subjects)}.`,
      fix: `If one of ${agree(subjects.length, 'it', 'them')} was meant, write the subject exactly so; otherwise remove the entry.`,
      ...place,
    }
  },
}
