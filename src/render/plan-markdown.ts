/**
 * A plan for a pull request's comment: the plan in one line and what blocks it in sight, the rest
 * to unfold. The same words as in the terminal; whatever was read stands in code.
 */
import type { Finding, Plan } from '../documents/plan.generated.ts'
import { describeAction } from './action-text.ts'
import { type ChangeGroup, describeField, groupChanges } from './change-groups.ts'
import { blockingFindings } from '../documents/blocking.ts'
import { summarizePlan } from './plan-summary.ts'
import { code, diffBlock, prose } from './markdown-text.ts'
import { describeRehearsal } from './rehearsal-text.ts'
import { count } from '../domain/count.ts'
import { listSome, printable, productName, shortenHashes } from './wording.ts'

/**
 * Characters each part may take. GitHub refuses a comment of more than 65,536; a plan for a
 * thousand mounts would be one.
 */
const ROOM = { blocking: 15_000, changes: 20_000, steps: 15_000, others: 10_000 } as const

/** Ends without a newline. */
export function renderPlanMarkdown(plan: Plan): string {
  const { cluster, findings } = plan
  const blocking = blockingFindings(findings)
  const others = findings.filter((finding) => !blocking.includes(finding))
  const server = `${productName(cluster.product)} ${code(cluster.server_version)}`
  return [
    `### ${summarizePlan(plan)}`,
    `Cluster ${code(cluster.name)}, ${server}, ${count(cluster.nodes.length, 'node')}.`,
    fit(blocking.map(findingItem), ROOM.blocking).join('\n'),
    changesBlock(plan),
    describeRehearsal(plan),
    unfold(count(plan.steps.length, 'step'), fit(stepItems(plan), ROOM.steps)),
    unfold(
      count(others.length, blocking.length > 0 ? 'other finding' : 'finding'),
      fit(others.map(findingItem), ROOM.others),
    ),
    `<sub>Plan ${code(plan.plan_id)}</sub>`,
  ]
    .filter((section) => section !== '')
    .join('\n\n')
}

/** What a `diff` block colours. */
const MARKS = { add: '+', change: '!', remove: '-' } as const satisfies Record<
  ChangeGroup['action'],
  string
>

function changesBlock({ changes }: Plan): string {
  const blocks = groupChanges(changes, { detail: false }).map((group) =>
    changeLines(group).join('\n'),
  )
  const lines = fit(blocks, ROOM.changes)
  if (lines.length === 0) return ''
  return diffBlock(lines)
}

function changeLines({ action, kind, subjects, why, fields }: ChangeGroup): string[] {
  const mark = MARKS[action]
  const many = subjects.length > 1 ? `${count(subjects.length, kind)}: ` : ''
  return [
    `${mark} ${many}${listSome(subjects, { all: false })}  # ${printable(why)}`,
    ...fields.map(
      (field) =>
        `${mark}     ${printable(field.name)}: ${describeField(field, action, { detail: false })}`,
    ),
  ]
}

function stepItems({ steps, cluster }: Plan): string[] {
  return steps.map(({ action, why }, index) => {
    const what = describeAction(action, { nodes: cluster.nodes, detail: false })
    return `${index + 1}. ${code(what)}: ${prose(why)}`
  })
}

function findingItem(finding: Finding): string {
  const { severity, rule, subject, message, at, fix, allowed, lines = [] } = finding
  const place = at === undefined ? '' : ` (${code(at)})`
  const text = prose(shortenHashes(message))
  const end =
    allowed === undefined
      ? [`Fix: ${prose(shortenHashes(fix))}`, ...lines.map(code)].join('<br>')
      : `Allowed: ${prose(allowed)}`
  return `- **${severity}** ${code(rule)} ${code(subject)}: ${text}${place}<br>${end}`
}

/** As many as there is room for, and how many are left out. */
function fit(items: readonly string[], room: number): string[] {
  let used = 0
  const kept = items.findIndex((item) => (used += item.length + 1) > room)
  if (kept < 0) return [...items]
  return [...items.slice(0, kept), `… and ${items.length - kept} more, in the plan itself`]
}

/** Empty where there is nothing to unfold. */
function unfold(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  return [`<details><summary>${title}</summary>`, '', ...lines, '', '</details>'].join('\n')
}
