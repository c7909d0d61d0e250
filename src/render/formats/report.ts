/**
 * The report for a code host: results, each of a rule, most with a place in a file. Plans, drift
 * and invalid files give the same shape, and every format is rendered from it.
 */
import type { DriftReport, Difference } from '../../documents/drift.generated.ts'
import type { Finding, Plan } from '../../documents/plan.generated.ts'
import { InputError, type LockstepError, type Problem } from '../../domain/errors.ts'
import { count } from '../../domain/count.ts'
import { nameNodes } from '../node-names.ts'
import { summarizeDrift } from '../drift-text.ts'
import { summarizePlan } from '../plan-summary.ts'

export type Level = Finding['severity']

export interface ReportRule {
  /** Stable, since hosts identify rules by it. */
  readonly name: string
  readonly level: Level
  readonly title: string
  readonly explanation: string
  /** Absent: each result has its own fix. */
  readonly fix?: string
}

/** Line and column count from 1. Absent: the whole file. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

export interface ReportResult {
  readonly rule: string
  readonly level: Level
  /** A plugin, mount, connection, node or path; '' for none. */
  readonly subject: string
  /** One or more sentences. */
  readonly message: string
  readonly fix?: string
  /** Lines to copy, to which the fix refers. */
  readonly lines?: readonly string[]
  readonly place?: Place
  /** Why it was accepted. Absent: it was not accepted. */
  readonly accepted?: string
}

export interface Report {
  readonly command: 'plan' | 'drift' | 'validate'
  /** What was checked: a cluster, or files. */
  readonly of: string
  readonly summary: string
  /** Every rule that can have a result. */
  readonly rules: readonly ReportRule[]
  readonly results: readonly ReportResult[]
}

/** The rule against plans whose content does not match their id. */
export const EDITED_PLAN: ReportRule = {
  name: 'edited-plan',
  level: 'error',
  title: 'The plan file was edited',
  explanation:
    'A plan has an id that is a hash of its content. The content of this file does not fit its id, so the file was changed after the plan was made, and what it shows may not be what a planner found. Apply refuses it.',
  fix: 'Do not approve it. Plan again.',
}

/** `edited`: the path of the plan file, if its content does not match its id. */
export function buildPlanReport(
  plan: Plan,
  { rules, edited }: { readonly rules: readonly ReportRule[]; readonly edited?: string },
): Report {
  const names = nameNodes(plan.cluster.nodes)
  const note = (title: string, list: readonly string[], text: string): string =>
    list.length === 0 || list.every((name) => text.includes(name))
      ? ''
      : ` ${title}: ${list.join(', ')}.`
  const results = plan.findings.map((finding): ReportResult => {
    const {
      rule,
      severity,
      subject,
      message,
      fix,
      lines = [],
      at,
      allowed,
      mounts,
      nodes,
    } = finding
    const text = `${subject} ${message}`
    return {
      rule,
      level: severity,
      subject,
      message: `${names.within(message)}${note('Mounts', mounts, text)}${note('Nodes', nodes, text)}`,
      fix,
      lines,
      ...(at !== undefined && { place: readPlace(at) }),
      ...(allowed !== undefined && { accepted: allowed }),
    }
  })
  const summary = summarizePlan(plan)
  return {
    command: 'plan',
    of: plan.cluster.name,
    summary,
    rules: [EDITED_PLAN, ...rules],
    results: edited === undefined ? results : [editedResult(edited), ...results],
  }
}

function editedResult(file: string): ReportResult {
  const { name, level, explanation, fix } = EDITED_PLAN
  return {
    rule: name,
    level,
    subject: file,
    message: explanation,
    ...(fix !== undefined && { fix }),
    place: { file },
  }
}

const UNUSED_IGNORE: ReportRule = {
  name: 'unused-ignore',
  level: 'warning',
  title: 'An ignore matches no difference, or has expired',
  explanation:
    'An entry of `ignore` in the file accepts a difference. This entry matches no difference, or its last day is over.',
  fix: 'Remove it from the file, or set a later day.',
}

/** What the classes of difference mean, and how much each matters. */
export interface DriftRules {
  readonly classes: Readonly<Record<Difference['class'], string>>
  readonly severities: Readonly<Record<Difference['class'], Level>>
}

export function buildDriftReport(drift: DriftReport, { classes, severities }: DriftRules): Report {
  const result =
    (level: Level) =>
    (difference: Difference & { readonly because?: string }): ReportResult => {
      const { class: rule, subject, desired, found, cause, fix, node, at, because } = difference
      const where = node === undefined || node === subject ? '' : ` on ${node}`
      return {
        rule,
        level,
        subject: `${subject}${where}`,
        message: `Desired: ${desired}. Found: ${found}. Cause: ${cause}.`,
        fix,
        ...(at !== undefined && { place: readPlace(at) }),
        ...(because !== undefined && { accepted: because }),
      }
    }
  return {
    command: 'drift',
    of: drift.cluster.name,
    summary: summarizeDrift(drift),
    rules: [
      ...Object.entries(severities).map(([name, level]): ReportRule => ({
        name,
        level,
        title: name.replaceAll('-', ' '),
        explanation: classes[name as Difference['class']],
      })),
      UNUSED_IGNORE,
    ],
    results: [
      ...drift.differences.map((difference) => result(difference.severity)(difference)),
      ...drift.unconfirmed.map(result('note')),
      ...drift.unreadable.map(result('warning')),
      ...drift.unused_ignores.map(({ class: name, subject, is, at }): ReportResult => ({
        rule: UNUSED_IGNORE.name,
        level: 'warning',
        subject,
        message: `The ignore of ${name} for ${subject} ${is === 'expired' ? 'has expired' : 'matches no difference'}.`,
        ...(UNUSED_IGNORE.fix !== undefined && { fix: UNUSED_IGNORE.fix }),
        place: readPlace(at),
      })),
      ...drift.ignored.map(result('note')),
      ...drift.unmanaged.map(result('note')),
    ],
  }
}

const INVALID_INPUT: ReportRule = {
  name: 'invalid-input',
  level: 'error',
  title: 'The file is not a valid desired state',
  explanation:
    'The file has a mistake, so no plan can be made from it: a syntax error, an unknown key, a value of the wrong kind, or a name that nothing has.',
}

/** All `warnings` are of `warningRule`. */
export function buildProblemReport(
  of: string,
  {
    problems,
    warnings,
    warningRule,
  }: {
    readonly problems: readonly Problem[]
    readonly warnings: readonly Problem[]
    readonly warningRule: ReportRule
  },
): Report {
  return {
    command: 'validate',
    of,
    summary: summarizeProblems(problems),
    rules: [INVALID_INPUT, warningRule],
    results: [
      ...problems.map((problem) => problemResult(problem, INVALID_INPUT)),
      ...warnings.map((warning) => problemResult(warning, warningRule)),
    ],
  }
}

function summarizeProblems(problems: readonly Problem[]): string {
  return problems.length === 0 ? 'valid' : `not valid, ${count(problems.length, 'problem')}`
}

function problemResult(
  { message, source, hint }: Problem,
  { name: rule, level }: ReportRule,
): ReportResult {
  return {
    rule,
    level,
    subject: '',
    message,
    ...(hint !== undefined && { fix: hint }),
    ...(source !== undefined && {
      place:
        source.line === 0
          ? { file: source.file }
          : { file: source.file, line: source.line, column: source.column },
    }),
  }
}

const COMMAND_FAILED: ReportRule = {
  name: 'command-failed',
  level: 'error',
  title: 'The command failed',
  explanation:
    'The command ended with an error before it had a result: a server could not be reached or refused a request, or a file could not be read. Nothing is known about the plan or the drift.',
}

/** The report of a command that failed before it had a report. */
export function buildFailureReport(
  error: LockstepError,
  { command, of }: Pick<Report, 'command' | 'of'>,
): Report {
  if (error instanceof InputError) {
    return {
      ...{ command, of, summary: summarizeProblems(error.problems), rules: [INVALID_INPUT] },
      results: error.problems.map((problem) => problemResult(problem, INVALID_INPUT)),
    }
  }
  const { message, details, hint, code } = error
  const result: ReportResult = {
    rule: COMMAND_FAILED.name,
    level: 'error',
    subject: code,
    message: [message, ...details].join('; '),
    ...(hint !== undefined && { fix: hint }),
  }
  return { command, of, summary: `failed: ${message}`, rules: [COMMAND_FAILED], results: [result] }
}

/** Parses `file:line:column`; any other text is the name of a file. */
function readPlace(at: string): Place {
  const parts = /^(.+):([1-9]\d{0,8}):([1-9]\d{0,8})$/s.exec(at)
  if (parts === null) return { file: at }
  return { file: parts[1] ?? '', line: Number(parts[2]), column: Number(parts[3]) }
}
