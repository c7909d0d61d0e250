/** `lockstep explain`: explains a rule or a word, or lists all of them. Asks no server. */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { findTerm, GLOSSARY, type Term } from '../../domain/glossary.ts'
import { line } from '../../domain/printable.ts'
import { RULES } from '../../safety/rules.ts'
import type { Rule } from '../../safety/rule.ts'
import type { Host } from '../host/host.ts'

/** @throws {LockstepError} `no-such-name` if `name` is neither a rule nor a word of the glossary. */
export function explain(name: string | undefined, host: Host): ExitCode {
  if (name === undefined) {
    listAll(host)
    return EXIT.done
  }
  const rule = RULES.find((candidate) => candidate.name === name)
  const term = findTerm(name)
  if (rule !== undefined) explainRule(rule, host)
  else if (term !== undefined) explainTerm(term, host)
  else {
    throw new LockstepError({
      code: 'no-such-name',
      message: `there is no rule or word "${name}"`,
      hint: 'List the rules and words: lockstep explain',
    })
  }
  return EXIT.done
}

function listAll(host: Host): void {
  const width = Math.max(...RULES.map((rule) => rule.name.length))
  host.out(line`Rules`)
  for (const rule of RULES) {
    host.out(line`  ${rule.name.padEnd(width)}  ${rule.severity.padEnd(7)}  ${rule.title}`)
  }
  host.out(line`\nWords`)
  for (const { word, meaning } of GLOSSARY) {
    host.out(line`  ${word.padEnd(width)}  ${firstSentence(meaning)}`)
  }
}

function explainRule(rule: Rule, host: Host): void {
  const allowed = rule.allowable
    ? `It can be allowed: allow: [{ rule: ${rule.name}, subject: …, because: … }], or --allow ${rule.name}=SUBJECT.`
    : 'It cannot be allowed.'
  host.out(
    line`${rule.name} (${rule.severity}): ${rule.title}\n\n${rule.explanation}\n\nWhat to do: ${rule.fix}\n\n${allowed}`,
  )
}

function explainTerm({ word, meaning }: Term, host: Host): void {
  host.out(line`${word}: ${meaning}`)
}

function firstSentence(text: string): string {
  return /^.*?[.](?= |$)/.exec(text)?.[0] ?? text
}
