/**
 * A plan for a terminal: what differs, the steps in order, what was found, and, last, the plan in
 * one line. Drawn from the document alone, so a saved plan prints what the fresh one did, and when
 * it was saved.
 */
import { unreachable } from '../domain/errors.ts'
import type { Change, Plan, StepVerification } from '../documents/plan.generated.ts'
import { shellWords } from '../domain/shell-words.ts'
import { describeAction } from './action-text.ts'
import { type ChangeGroup, describeField, groupChanges } from './change-groups.ts'
import { renderFindings } from './findings-text.ts'
import type { Palette } from './palette.ts'
import { blockingFindings } from '../documents/blocking.ts'
import { summarizePlan } from './plan-summary.ts'
import { describeRehearsal } from './rehearsal-text.ts'
import { layTable } from './table.ts'
import { count } from '../domain/count.ts'
import { describeNodeState, listSome, printable, productName } from './wording.ts'

export interface PlanTextOptions {
  readonly palette: Palette
  /** Every mount, node and hash in full. */
  readonly detail?: boolean
}

/** Ends without a newline; the last line is `summarizePlan(plan)`. */
export function renderPlan(plan: Plan, { palette, detail = false }: PlanTextOptions): string {
  return [
    header(plan, palette),
    changesSection(plan.changes, palette, detail),
    stepsSection(plan, palette, detail),
    renderFindings(plan.findings, { palette, detail }),
    rehearsalSection(plan, palette),
    summaryLine(plan, palette),
  ]
    .filter((section) => section !== '')
    .join('\n\n')
}

function header({ cluster, plan_id, created_at }: Plan, palette: Palette): string {
  const nodes = layTable(
    cluster.nodes.map(({ address, role, state }) => [
      { text: printable(address) },
      { text: role },
      { text: describeNodeState(state), paint: palette.yellow },
    ]),
    '  ',
  )
  const server = `${productName(cluster.product)} ${printable(cluster.server_version)}`
  const saved = created_at === undefined ? '' : `, saved ${printable(created_at)}`
  return [
    `Cluster ${palette.bold(printable(cluster.name))}, ${server}`,
    ...nodes.lines,
    palette.dim(`Plan ${plan_id}${saved}`),
  ].join('\n')
}

const SYMBOLS = { add: '+', change: '~', remove: '-' } as const satisfies Record<
  Change['action'],
  string
>

function changesSection(changes: readonly Change[], palette: Palette, detail: boolean): string {
  if (changes.length === 0) return ''
  const blocks = groupChanges(changes, { detail }).map((group) =>
    changeLines(group, palette, detail),
  )
  return [palette.bold('Changes'), ...blocks.flat()].join('\n')
}

function changeLines(group: ChangeGroup, palette: Palette, detail: boolean): string[] {
  const { action, fields, subjects, why, kind } = group
  const symbol = symbolPaint(action, palette)(SYMBOLS[action])
  const names = palette.bold(listSome(subjects, { all: detail }))
  const many = subjects.length > 1 ? `${count(subjects.length, kind)}: ` : ''
  return [
    `  ${symbol} ${many}${names}  ${palette.dim(`# ${printable(why)}`)}`,
    ...layTable(
      fields.map((field) => [
        { text: `${printable(field.name)}:` },
        { text: describeField(field, action, { detail }) },
      ]),
      '      ',
    ).lines,
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

function stepsSection({ steps, cluster }: Plan, palette: Palette, detail: boolean): string {
  if (steps.length === 0) return ''
  const digits = String(steps.length).length
  const indent = ' '.repeat(digits + 4)
  const lines = steps.flatMap(({ action, why, verify = [] }, index) => {
    const number = String(index + 1).padStart(digits)
    const what = describeAction(action, { nodes: cluster.nodes, detail })
    return [
      `  ${number}. ${what}  ${palette.dim(`# ${printable(why)}`)}`,
      ...verify.map((check) => `${indent}verify ${printable(describeVerification(check))}`),
    ]
  })
  return [palette.bold('Steps'), ...lines].join('\n')
}

function describeVerification(check: StepVerification): string {
  return check.kind === 'read'
    ? `${check.mount}: read ${check.path}`
    : `${check.mount}: run ${shellWords(check.command)}`
}

function rehearsalSection(plan: Plan, palette: Palette): string {
  const text = describeRehearsal(plan)
  if (text === '') return ''
  // What is unsafe, and why, is a finding of its own.
  return plan.rehearsal?.unsafe.length === 0 ? palette.green(text) : palette.red(text)
}

function summaryLine(plan: Plan, palette: Palette): string {
  const blocked = blockingFindings(plan.findings).length > 0
  return (blocked ? palette.red : palette.bold)(summarizePlan(plan))
}
