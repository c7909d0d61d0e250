/**
 * Judges a draft with every rule. Findings that the file accepts are marked as allowed. No finding
 * is dropped: an allowed finding is shown with its reason.
 */
import type { Finding } from '../documents/plan.generated.ts'
import type { Allowance } from '../domain/desired.ts'
import { blockingFindings } from '../documents/blocking.ts'
import { formatSource } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { compareText, type NodeAddress } from '../domain/names.ts'
import { linkCauses } from './because-of.ts'
import type { RuleInput, RuleText, Severity, Standing, Verdict } from './rule.ts'
import { RULES } from './rules.ts'

/**
 * The findings, sorted by severity (errors first), rule, subject and message. A finding that
 * follows from another one names it.
 */
export function judge(input: RuleInput, allow: readonly Allowance[]): Finding[] {
  const inForce = new Map<string, Allowance>()
  for (const allowance of allow) {
    const rule = RULES_BY_NAME.get(allowance.rule)
    if (rule?.allowable !== true || hasExpired(allowance, input.today)) continue
    const key = keyOf(allowance.rule, allowance.subject)
    if (!inForce.has(key)) inForce.set(key, allowance)
  }
  const found = RULES.flatMap((rule) => {
    if (rule.about !== 'plan') return []
    return rule.judge(input).map((verdict) => {
      const allowance = inForce.get(keyOf(rule.name, verdict.subject))
      const finding = { ...toFinding(rule, verdict), nodes: inOrder(verdict.nodes, input.live) }
      const allowed = allowance === undefined ? {} : { allowed: allowance.because }
      return { finding: { ...finding, ...allowed }, topics: verdict.topics ?? [] }
    })
  })
  const findings = found.map(({ finding }) => finding)
  const ofAllowances = judgeAllowances(allow, findings, input.today)
  return linkCauses(
    [...found, ...ofAllowances.map((finding) => ({ finding, topics: [] }))].sort((a, b) =>
      compareFindings(a.finding, b.finding),
    ),
  )
}

/** True if there is an error that was not accepted. */
export function blocksPlan(findings: readonly Finding[]): boolean {
  return blockingFindings(findings).length > 0
}

const RULES_BY_NAME = new Map<string, RuleText>(RULES.map((rule) => [rule.name, rule]))

function keyOf(rule: string, subject: string): string {
  return `${rule} ${subject}`
}

/** The last day is included. */
function hasExpired(allowance: Allowance, today: string): boolean {
  return allowance.until !== undefined && allowance.until < today
}

function judgeAllowances(
  allow: readonly Allowance[],
  found: readonly Finding[],
  today: string,
): Finding[] {
  const bySubject = new Map<string, Finding>()
  const subjects = new Map<string, Set<string>>()
  for (const finding of found) {
    bySubject.set(keyOf(finding.rule, finding.subject), finding)
    const known = subjects.get(finding.rule) ?? new Set<string>()
    subjects.set(finding.rule, known.add(finding.subject))
  }
  const rules = RULES.filter((rule) => rule.about === 'allowance')
  return allow.flatMap((allowance) => {
    const rule = RULES_BY_NAME.get(allowance.rule)
    const finding = bySubject.get(keyOf(allowance.rule, allowance.subject))
    const standing: Standing = {
      ...(rule !== undefined && { rule }),
      expired: hasExpired(allowance, today),
      matched: finding !== undefined,
      covered: finding?.allowed !== undefined,
      subjects: [...(subjects.get(allowance.rule) ?? [])].sort(compareText),
    }
    return rules.flatMap((allowanceRule) => {
      const verdict = allowanceRule.judge(allowance, standing)
      return verdict === undefined ? [] : toFinding(allowanceRule, verdict)
    })
  })
}

function toFinding(rule: RuleText, verdict: Verdict): Finding {
  return {
    rule: rule.name,
    severity: verdict.severity ?? rule.severity,
    subject: verdict.subject,
    message: verdict.message,
    fix: verdict.fix ?? rule.fix,
    ...(verdict.lines !== undefined && { lines: [...verdict.lines] }),
    mounts: sorted(verdict.mounts ?? []),
    nodes: [...(verdict.nodes ?? [])],
    ...(verdict.at !== undefined && { at: formatSource(verdict.at) }),
  }
}

/** In the order of the nodes of the cluster, which does not depend on their addresses. */
function inOrder(names: Verdict['nodes'] = [], { nodes }: LiveState): NodeAddress[] {
  const named = new Set(names)
  return nodes.map(({ address }) => address).filter((address) => named.has(address))
}

function sorted<Name extends string>(names: readonly Name[]): Name[] {
  return [...new Set(names)].sort(compareText)
}

const SEVERITIES: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 }

function compareFindings(a: Finding, b: Finding): number {
  return (
    SEVERITIES[a.severity] - SEVERITIES[b.severity] ||
    compareText(a.rule, b.rule) ||
    compareText(a.subject, b.subject) ||
    compareText(a.message, b.message)
  )
}
