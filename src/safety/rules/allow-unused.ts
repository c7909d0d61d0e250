/** An `allow` that accepts nothing: a leftover, or a name written wrongly. */
import type { AllowanceRule } from '../rule.ts'
import { agree, nameSome, whoAllows } from '../wording.ts'

export const allowUnused: AllowanceRule = {
  about: 'allowance',
  name: 'allow-unused',
  severity: 'warning',
  title: 'An allowance matches no finding',
  explanation:
    'An entry of `allow` accepts the findings of one rule about one subject, both written exactly as the finding has them. This one matches none. Either what it accepted is over, or its rule or subject is misspelt and it accepts nothing. Left in the file, it would silently accept the same finding the next time it arises.',
  fix: 'Take it out of `allow`, or leave that `--allow` away.',
  allowable: false,
  judge({ rule: name, subject, source: at }, { rule, expired, matched, covered, subjects }) {
    const place = at === undefined ? {} : { at }
    const who = whoAllows(at)
    if (rule === undefined) {
      return {
        subject,
        message: `${who} allows ${name} for ${subject}, and there is no rule of that name.`,
        fix: '`lockstep explain` lists the rules: correct the name, or take it out.',
        ...place,
      }
    }
    if (!rule.allowable || (matched && !(expired && covered))) return undefined
    if (matched || subjects.length === 0) {
      const message = matched
        ? `The allowance of ${name} for ${subject} has ended, and another one has taken its place.`
        : `${who} allows ${name} for ${subject}, and nothing of that kind was found.`
      return { subject, message, ...place }
    }
    return {
      subject,
      message: `${who} allows ${name} for ${subject}, but what was found is about ${nameSome(subjects)}.`,
      fix: `If one of ${agree(subjects.length, 'it', 'them')} was meant, write the subject exactly so; otherwise take it out.`,
      ...place,
    }
  },
}
