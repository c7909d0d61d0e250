/** `lockstep explain`: explains a rule, a class of drift or a word, or lists all. Asks no server. */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { findTerm, GLOSSARY, type Term } from '../../domain/glossary.ts'
import { line } from '../../domain/printable.ts'
import { DRIFT_CLASSES } from '../../drift/classes.ts'
import { RULES } from '../../safety/rules.ts'
import type { Rule } from '../../safety/rule.ts'
import type { Host } from '../host/host.ts'

/** @throws {LockstepError} `no-such-name` if there is no rule, class or word of this name. */
export function explain(name: string | undefined, host: Host): ExitCode {
  if (name === undefined) {
    listAll(host)
    return EXIT.done
  }
  const rule = RULES.find((candidate) => candidate.name === name)
  const driftClass = CLASSES.find(([className]) => className === name)
  const term = findTerm(name)
  if (rule !== undefined) explainRule(rule, host)
  else if (driftClass !== undefined) host.out(line`${name} (a class of drift): ${driftClass[1]}`)
  else if (term !== undefined) explainTerm(term, host)
  else {
    throw new LockstepError({
      code: 'no-such-name',
      message: `there is no rule, class of drift or word "${name}"`,
      hint: 'List them: lockstep explain',
    })
  }
  return EXIT.done
}

const CLASSES = Object.entries(DRIFT_CLASSES)

function listAll(host: Host): void {
  const width = Math.max(...RULES.map((rule) => rule.name.length))
  host.out(line`Rules`)
  for (const rule of RULES) {
    host.out(line`  ${rule.name.padEnd(width)}  ${rule.severity.padEnd(7)}  ${rule.title}`)
  }
  host.out(line`\nClasses of drift`)
  for (const [name, meaning] of CLASSES) {
    host.out(line`  ${name.padEnd(width)}  ${firstSentence(meaning)}`)
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
