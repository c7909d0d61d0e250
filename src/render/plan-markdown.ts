/**
 * A plan for a pull request's comment: the plan in one line and what blocks it in sight, the rest
 * to unfold. The same words as in the terminal; whatever was read stands in code.
 */
import type { Finding, Plan } from '../documents/plan.generated.ts'
import { shellWords } from '../domain/shell-words.ts'
import { type ChangeGroup, describeField, groupChanges } from './change-groups.ts'
import { blockingFindings } from '../documents/blocking.ts'
import { summarizePlan } from './plan-summary.ts'
import { type FindingTree, nestFindings } from './finding-tree.ts'
import { code, diffBlock, prose } from './markdown-text.ts'
import { describeRehearsal } from './rehearsal-text.ts'
import { count } from '../domain/count.ts'
import { dataDeclarations } from './data-declarations.ts'
import { stepLines } from './step-lines.ts'
import {
  describeAcceptance,
  listSome,
  NAMED_IN_FINDING,
  printable,
  productName,
  shortenHashes,
} from './wording.ts'

/**
 * Characters each part may take. GitHub refuses a comment of more than 65,536; a plan for a
 * thousand mounts would be one.
 */
const ROOM = {
  blocking: 15_000,
  changes: 19_000,
  commands: 3_000,
  allowances: 3_000,
  data: 2_000,
  steps: 15_000,
  others: 6_000,
} as const

/** Ends without a newline. */
export function renderPlanMarkdown(plan: Plan): string {
  const { cluster, findings } = plan
  const blocking = new Set(blockingFindings(findings))
  const trees = nestFindings(findings)
  const isBlocking = ({ finding, following }: FindingTree): boolean =>
    blocking.has(finding) || following.some(isBlocking)
  const inSight = trees.filter(isBlocking)
  const others = trees.filter((tree) => !isBlocking(tree))
  const server = `${productName(cluster.product)} ${code(cluster.server_version)}`
  const lock = cluster.lock === undefined ? '' : ` The run takes the lock in ${code(cluster.lock)}.`
  return [
    `### ${summarizePlan(plan)}`,
    `Cluster ${code(cluster.name)}, ${server}, ${count(cluster.nodes.length, 'node')}.${lock}`,
    fit(findingItems(inSight), ROOM.blocking).join('\n'),
    changesBlock(plan),
    describeRehearsal(plan),
    commandsBlock(plan),
    allowancesBlock(plan),
    dataBlock(plan),
    unfold(count(plan.steps.length, 'step'), fit(stepItems(plan), ROOM.steps)),
    unfold(
      count(others.length, inSight.length > 0 ? 'other finding' : 'finding'),
      fit(findingItems(others), ROOM.others),
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

function stepItems(plan: Plan): string[] {
  return stepLines(plan, { detail: false }).map(({ number, what, why, details }) => {
    const reason = why === undefined ? '' : `: ${prose(why)}`
    const below = details.map((line) => `<br>${code(line)}`).join('')
    return `- ${number}: ${code(what)}${reason}${below}`
  })
}

/** In sight, not to unfold: these programs run where the plan is made or applied. */
function commandsBlock({ steps, cluster }: Plan): string {
  const check = cluster.binary_check?.command
  const runs = steps
    .flatMap(({ verify = [] }) => verify)
    .flatMap((one) => (one.kind === 'run' ? [`verify ${shellWords(one.command)}`] : []))
  const commands = [
    ...(check === undefined ? [] : [`binary_check ${shellWords(check)}`]),
    ...new Set(runs),
  ]
  if (commands.length === 0) return ''
  const items = commands.map((command) => `- ${code(command)}`)
  return ['Commands that run where the plan is applied:', '', ...fit(items, ROOM.commands)].join(
    '\n',
  )
}

/** In sight, whether or not a finding uses them: who approves the plan approves these. */
function allowancesBlock({ desired }: Plan): string {
  const items = (desired.allow ?? []).map(
    ({ rule, subject, because, until }) =>
      `- ${code(rule)} ${code(subject)}: ${prose(describeAcceptance({ because, until }))}`,
  )
  if (items.length === 0) return ''
  return ['Accepted findings:', '', ...fit(items, ROOM.allowances)].join('\n')
}

/** In sight: a declaration accepts a change of data without a finding. */
function dataBlock(plan: Plan): string {
  const items = dataDeclarations(plan).map(
    ({ plugin, version, said }) => `- ${code(`${plugin} ${version}`)} ${code(said)}`,
  )
  if (items.length === 0) return ''
  const title = 'Data compatibility, declared in the desired state of this plan:'
  return [title, '', ...fit(items, ROOM.data)].join('\n')
}

/** With what follows from it below. */
function findingItems(trees: readonly FindingTree[], indent = ''): string[] {
  return trees.map(({ finding, following }) =>
    [`${indent}- ${findingText(finding)}`, ...findingItems(following, `${indent}  `)].join('\n'),
  )
}

function findingText(finding: Finding): string {
  const { severity, rule, subject, message, at, fix, allowed, lines = [], mounts } = finding
  const place = at === undefined ? '' : ` (${code(at)})`
  const text = prose(shortenHashes(message))
  const named = mounts.every((mount) => message.includes(mount) || mount === subject)
    ? ''
    : `<br>Mounts: ${code(listSome(mounts, { all: false, most: NAMED_IN_FINDING }))}`
  const end =
    allowed === undefined
      ? [`Fix: ${prose(shortenHashes(fix))}`, ...lines.map(code)].join('<br>')
      : `Allowed: ${prose(allowed)}`
  return `**${severity}** ${code(rule)} ${code(subject)}: ${text}${place}${named}<br>${end}`
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
