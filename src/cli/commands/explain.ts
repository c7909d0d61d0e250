/** `lockstep explain`: the page of a rule, or the list of all. Asks no server. */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { line } from '../../domain/printable.ts'
import { RULES } from '../../safety/rules.ts'
import type { Host } from '../host.ts'

export function explain(name: string | undefined, host: Host): ExitCode {
  if (name === undefined) {
    const width = Math.max(...RULES.map((rule) => rule.name.length))
    for (const rule of RULES) {
      host.out(line`${rule.name.padEnd(width)}  ${rule.severity.padEnd(7)}  ${rule.title}`)
    }
    return EXIT.done
  }
  const rule = RULES.find((one) => one.name === name)
  if (rule === undefined) {
    throw new LockstepError({
      code: 'no-such-rule',
      message: `there is no rule "${name}"`,
      hint: 'See the rules with lockstep explain.',
    })
  }
  const allowed = rule.allowable
    ? `It can be allowed: allow: [{ rule: ${rule.name}, subject: …, because: … }], or --allow ${rule.name}=SUBJECT.`
    : 'It cannot be allowed.'
  host.out(
    line`${rule.name} (${rule.severity}): ${rule.title}\n\n${rule.explanation}\n\nWhat to do: ${rule.fix}\n\n${allowed}`,
  )
  return EXIT.done
}
