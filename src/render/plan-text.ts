/**
 * Renders a plan for a terminal: what differs, the steps in order, the findings, and in the last
 * line the summary. It uses only the document, so a saved plan prints like the new plan, with the
 * time when it was saved.
 */
import { unreachable } from '../domain/errors.ts'
import type { Change, Plan } from '../documents/plan.generated.ts'
import { AGAINST_LEGEND, againstText } from './against-lines.ts'
import { type ChangeGroup, describeField, groupChanges } from './change-groups.ts'
import { renderFindings } from './findings-text.ts'
import { nodeLines } from './node-lines.ts'
import { type NodeNames, nameNodes } from './node-names.ts'
import type { Palette } from './palette.ts'
import { blockingFindings } from '../documents/blocking.ts'
import { summarizePlan } from './plan-summary.ts'
import { describeRehearsal } from './rehearsal-text.ts'
import { shellWords } from '../domain/shell-words.ts'
import { stepLines } from './step-lines.ts'
import { layTable } from './table.ts'
import { count } from '../domain/count.ts'
import { dataDeclarations } from './data-declarations.ts'
import {
  describeAcceptance,
  HOW_TO_SEE_ALL,
  leavesOutNames,
  listSome,
  printable,
  productName,
} from './wording.ts'
import { wrapLine } from './wrap.ts'

export interface PlanTextOptions {
  readonly palette: Palette
  /** Columns of the terminal; `Infinity` if there is none. */
  readonly width?: number
  /** True: shows every mount, node, step and hash in full. */
  readonly detail?: boolean
}

interface PlanView {
  readonly palette: Palette
  readonly nodes: NodeNames
  readonly width: number
  readonly detail: boolean
}

/** Ends without a newline. The last line is `summarizePlan(plan)`. */
export function renderPlan(
  plan: Plan,
  { palette, width = Infinity, detail = false }: PlanTextOptions,
): string {
  const view = { palette, nodes: nameNodes(plan.cluster.nodes), width, detail }
  const drawn = [
    header(plan, view),
    changesSection(plan.changes, view),
    stepsSection(plan, view),
    againstSection(plan, view),
    renderFindings(plan.findings, view),
    allowancesSection(plan, view),
    dataSection(plan, view),
    rehearsalSection(plan, palette),
  ].filter((section) => section !== '')
  const isCut = drawn.some(leavesOutNames)
  return [
    ...drawn,
    ...(isCut ? [palette.dim(HOW_TO_SEE_ALL)] : []),
    summaryLine(plan, palette),
  ].join('\n\n')
}

function header(
  { cluster, plan_id, created_at }: Plan,
  { palette, nodes: names }: PlanView,
): string {
  const server = `${productName(cluster.product)} ${printable(cluster.server_version)}`
  const saved = created_at === undefined ? '' : `, saved ${printable(created_at)}`
  return [
    `Cluster ${palette.bold(printable(cluster.name))}, ${server}`,
    ...nodeLines(cluster.nodes, { names, palette }),
    palette.dim(`Plan ${printable(plan_id)}${saved}`),
  ].join('\n')
}

const SYMBOLS = { add: '+', change: '~', remove: '-' } as const satisfies Record<
  Change['action'],
  string
>

function changesSection(changes: readonly Change[], view: PlanView): string {
  if (changes.length === 0) return ''
  const blocks = groupChanges(changes, view).map((group) => changeLines(group, view))
  return [view.palette.bold('Changes'), ...blocks.flat()].join('\n')
}

function changeLines(group: ChangeGroup, { palette, nodes, width, detail }: PlanView): string[] {
  const { action, fields, subjects, why, kind } = group
  const symbol = symbolPaint(action, palette)(SYMBOLS[action])
  const names = palette.bold(listSome(subjects, { all: detail }))
  const many = subjects.length > 1 ? `${count(subjects.length, kind)}: ` : ''
  return [
    ...wrapLine(`  ${symbol} ${many}${names}  ${comment(why, palette)}`, width),
    ...layTable(
      fields.map((field) => [
        { text: `${nodes.within(printable(field.name))}:` },
        { text: describeField(field, action, { detail }) },
      ]),
      '      ',
    ).lines.flatMap((line) => wrapLine(line, width)),
  ]
}

function symbolPaint(action: Change['action'], palette: Palette) {
  switch (action) {
    case 'add':
      return palette.green
    case 'change':
      return palette.yellow
    case 'remove':
      return palette.red
    default:
      return unreachable(action)
  }
}

/** The reason, after the text that it explains. */
function comment(why: string, { dim }: Palette): string {
  return dim(`# ${printable(why)}`)
}

function stepsSection(plan: Plan, { palette, width, detail }: PlanView): string {
  const steps = stepLines(plan, { detail })
  if (steps.length === 0) return ''
  const digits = Math.max(...steps.map(({ number }) => number.length))
  const indent = ' '.repeat(digits + 4)
  const lines = steps.flatMap(({ number, what, why, details }) => {
    const reason = why === undefined ? '' : `  ${comment(why, palette)}`
    const [first = '', ...rest] = wrapLine(indent + what + reason, width)
    return [
      `  ${number.padStart(digits)}. ${first.slice(indent.length)}`,
      ...rest,
      ...details.flatMap((line) => wrapLine(`${indent}${line}`, width)),
    ]
  })
  return [palette.bold('Steps'), ...beforeLines(plan.cluster), ...lines].join('\n')
}

/** Beside a plan of other files: what this branch changes, and what is drift without it, too. */
function againstSection(plan: Plan, { palette, width }: PlanView): string {
  const text = againstText(plan)
  if (text === undefined) return ''
  const paint = { '+': palette.green, '=': palette.dim, '-': palette.red } as const
  return [
    palette.bold(`Compared with ${text.ref}`),
    ...wrapLine(palette.dim(`  ${AGAINST_LEGEND}`), width),
    ...(text.lines.length === 0 ? ['  neither has a step'] : []),
    ...text.lines.flatMap(({ mark, what }) => wrapLine(`  ${paint[mark](mark)} ${what}`, width)),
  ].join('\n')
}

/** The lock that is written and the command that runs on this machine before the first step. */
function beforeLines({ lock, binary_check: check }: Plan['cluster']): string[] {
  return [
    ...(lock === undefined ? [] : [`  before: lock ${printable(lock)} (a KV secret)`]),
    ...(check === undefined
      ? []
      : [`  before: binary_check ${printable(shellWords(check.command))}`]),
  ]
}

/** All allowances, used or not: the person who approves the plan approves them. */
function allowancesSection({ desired }: Plan, { palette, width }: PlanView): string {
  const allowances = desired.allow ?? []
  if (allowances.length === 0) return ''
  const drawn = allowances.flatMap((allowance) => [
    `  ${printable(allowance.rule)}  ${palette.bold(printable(allowance.subject))}`,
    ...wrapLine(`    ${describeAcceptance(allowance)}`, width),
  ])
  return [palette.bold('Accepted findings'), ...drawn].join('\n')
}

/**
 * The data declarations: no server can confirm them, and they accept a change of data without a
 * finding.
 */
function dataSection(plan: Plan, { palette, width }: PlanView): string {
  const declared = dataDeclarations(plan)
  if (declared.length === 0) return ''
  const drawn = declared.flatMap(({ plugin, version, text }) =>
    wrapLine(`  ${palette.bold(printable(`${plugin} ${version}`))}  ${printable(text)}`, width),
  )
  return [
    palette.bold('Data compatibility, declared in the desired state of this plan'),
    ...drawn,
  ].join('\n')
}

function rehearsalSection(plan: Plan, palette: Palette): string {
  const text = describeRehearsal(plan)
  if (text === '') return ''
  // A finding says what is unsafe, and why.
  return plan.rehearsal?.unsafe.length === 0 ? palette.green(text) : palette.red(text)
}

function summaryLine(plan: Plan, palette: Palette): string {
  const blocked = blockingFindings(plan.findings).length > 0
  return (blocked ? palette.red : palette.bold)(summarizePlan(plan))
}
