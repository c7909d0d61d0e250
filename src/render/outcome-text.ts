/**
 * Describes how a run ended. Each step is one of: done and checked, already done, rolled back, not
 * rolled back, result unknown, not begun. Also names the nodes that could not be reached, and the
 * next command.
 */
import type { Action, Plan } from '../documents/plan.generated.ts'
import type { Failure, RollbackFailed, RunOutcome } from '../documents/run-outcome.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { count } from '../domain/count.ts'
import { EXIT, unreachable } from '../domain/errors.ts'
import { describeAction } from './action-text.ts'
import { awayLines, differingLines, headOf, unconfirmedLines } from './at-end-text.ts'
import { describeCause, describeMountsNotRolledBack } from './cause-text.ts'
import { nameNodes } from './node-names.ts'
import type { Palette } from './palette.ts'
import { listSome, printable, shortenHashes } from './wording.ts'
import { wrapLine } from './wrap.ts'

export interface OutcomeTextOptions {
  readonly palette: Palette
  /** Columns of the terminal; if absent, no line is wrapped. */
  readonly width?: number
  /** The command that resumes. */
  readonly resume: string
  /** The command that plans again if this plan is stale. */
  readonly planCommand: string
  /** Returns the command that sends an action's request without this program. */
  readonly byHand: (action: Action) => string
}

/**
 * A command in the last lines. It is copied, so its line is not wrapped and keeps its addresses.
 */
interface CommandLine {
  readonly before: string
  readonly command: string
}

/**
 * Text for people, with short node names. The last lines give the next command and, if mounts stay
 * read-only, the fix.
 */
export function renderOutcome(
  outcome: RunOutcome,
  plan: Plan,
  options: OutcomeTextOptions,
): string {
  const { palette, width = Infinity } = options
  const names = nameNodes([...plan.cluster.nodes, ...(outcome.atEnd?.nodes ?? [])])
  const draw = (line: string | CommandLine): string[] =>
    typeof line === 'string'
      ? wrapLine(names.within(line), width)
      : [`${line.before}${line.command}`]
  return [renderEnd(outcome, plan, options), renderReadOnly(outcome, palette)]
    .filter((section) => section.length > 0)
    .map((section) => `\n${section.flatMap(draw).join('\n')}\n`)
    .join('')
}

function renderReadOnly({ readOnly = [] }: RunOutcome, palette: Palette): string[] {
  const [first] = readOnly
  if (first === undefined) return []
  const paths = readOnly.map(({ mount }) => mount)
  const mounts = listSome(paths, { all: true })
  return [
    palette.yellow(`Warning: ${mounts} cannot be written to on ${printable(first.node)}.`),
    'The node became active without the plugin, and a reload does not change that.',
    'When every node has the plugin’s file: vault operator step-down, or restart the node.',
  ]
}

function renderEnd(
  outcome: RunOutcome,
  plan: Plan,
  options: OutcomeTextOptions,
): (string | CommandLine)[] {
  const { palette, resume: resumeCommand, planCommand } = options
  const { titleOf, list } = stepsOf(outcome, plan)
  const done = [
    ...list(
      'Done and checked',
      outcome.done.filter((id) => !outcome.already.includes(id)),
    ),
    ...list('Already done, checked (nothing was sent)', outcome.already),
  ]
  const clusterLines = [...differingLines(outcome), ...awayLines(outcome)]
  const resume: CommandLine = { before: 'To resume: ', command: resumeCommand }
  const planAgain: CommandLine = { before: 'To resume, plan again: ', command: planCommand }
  const fixAndResume: CommandLine = {
    before: 'Fix the cause, then resume: ',
    command: resumeCommand,
  }
  switch (outcome.kind) {
    case 'done':
      return [
        ...(outcome.unconfirmed === undefined
          ? [
              `${palette.green('Apply complete.')} ${describeDone(outcome, plan)}`,
              ...awayLines(outcome),
            ]
          : [
              palette.yellow(headOf(outcome.unconfirmed)),
              describeDone(outcome, plan),
              ...unconfirmedLines(outcome.unconfirmed),
              ...awayLines(outcome),
              resume,
            ]),
      ]
    case 'stale':
      return [
        palette.red(`Stale: before "${titleOf(outcome.step)}" the cluster was not as planned.`),
        ...staleLines(outcome),
        ...done,
        ...list('Not begun', outcome.remaining),
        ...clusterLines,
        planAgain,
      ]
    case 'rolled_back':
      return [
        palette.red(`Failed: ${titleOf(outcome.step)}`),
        ...causesOf(outcome.failure),
        palette.yellow(describeRolledBack(outcome)),
        ...done,
        ...list('Rolled back', outcome.rolled_back),
        ...list('Not begun', outcome.remaining),
        ...awayLines(outcome),
        fixAndResume,
      ]
    case 'rollback_failed':
      return [
        palette.red(`Failed: ${titleOf(outcome.step)}`),
        ...causesOf(outcome.failure),
        palette.red('ROLLBACK FAILED. These need your attention:'),
        ...problemsOf(outcome),
        ...done,
        ...list('Rolled back', outcome.rolled_back),
        ...list('Not rolled back', outcome.not_rolled_back),
        ...list('Not begun', outcome.remaining),
        ...awayLines(outcome),
        ...byHandLines(outcome, options),
      ]
    case 'interrupted':
      return [
        outcome.unchecked.length === 0
          ? palette.yellow('Stopped between two steps, as asked.')
          : palette.red('Stopped at once, as asked.'),
        ...unknownLines(outcome, plan),
        ...done,
        ...list('Not begun', outcome.remaining),
        ...clusterLines,
        resume,
      ]
    case 'stopped':
      return [
        palette.red(`Stopped: ${printable(shortenHashes(outcome.error.message))}`),
        ...outcome.error.details.map((detail) => `  ${printable(shortenHashes(detail))}`),
        ...unknownLines(outcome, plan),
        ...done,
        ...list('Not begun', outcome.remaining),
        ...clusterLines,
        ...(outcome.error.hint === undefined ? [] : [outcome.error.hint]),
        // The same plan would be refused again, so a new plan is needed.
        outcome.error.exitCode === EXIT.stale ? planAgain : resume,
      ]
    default:
      return unreachable(outcome)
  }
}

/**
 * Titles with the roles of the nodes at the end: another node may be active since the plan was
 * made.
 */
function stepsOf({ atEnd }: RunOutcome, { cluster, steps }: Plan) {
  const nodes = atEnd?.nodes ?? cluster.nodes
  const followsActive = onlyActiveRuns(cluster)
  const titles = new Map(
    steps.map((step) => [
      step.id,
      describeAction(step.action, { nodes, followsActive, detail: false }),
    ]),
  )
  const titleOf = (id: string): string => titles.get(id) ?? id
  const list = (heading: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : [`${heading}:`, ...ids.map((id) => `  - ${titleOf(id)}`)]
  return { titleOf, list }
}

function describeDone(
  { done, already, atEnd }: RunOutcome & { readonly kind: 'done' },
  { cluster }: Plan,
): string {
  const allSeen = (atEnd?.away ?? []).length === 0
  const where = onlyActiveRuns(cluster)
    ? 'on the active node; standbys run no plugins'
    : allSeen
      ? 'on every node'
      : 'on every node that could be reached'
  const sent = done.length - already.length
  if (sent === 0)
    return `Nothing was sent: ${count(done.length, 'step')} already done (checked ${where}).`
  const now = `${count(sent, 'step')} done and checked ${where}.`
  return already.length === 0
    ? now
    : `${now} ${count(already.length, 'step')} already done (checked); nothing was sent for ${already.length === 1 ? 'it' : 'them'}.`
}

function describeRolledBack({
  rolled_back,
  atEnd,
}: RunOutcome & { readonly kind: 'rolled_back' }): string {
  if (rolled_back.length === 0) {
    return 'The failed step changed nothing: its mounts run as before (checked).'
  }
  const where =
    (atEnd?.away ?? []).length === 0 ? 'on every node' : 'on every node that could be reached'
  return `Rolled back. Every mount that was touched runs its old version again ${where} (checked).`
}

function staleLines({ mismatches }: RunOutcome & { readonly kind: 'stale' }): string[] {
  const texts = mismatches.map(({ subject, field, expected, found }) =>
    printable(
      shortenHashes(
        field === 'used by' || field === 'run by'
          ? `  ${subject}: nothing should use it any more, but ${found}`
          : `  ${subject}: ${field} was ${expected} in the plan, and is ${found} now`,
      ),
    ),
  )
  return [...new Set(texts)]
}

function byHandLines(
  { by_hand }: RunOutcome & { readonly kind: 'rollback_failed' },
  { resume, byHand }: OutcomeTextOptions,
): (string | CommandLine)[] {
  if (by_hand.length === 0) return [{ before: 'Fix the cause, then resume: ', command: resume }]
  return [
    'To restore these mounts, fix the cause, then run:',
    ...by_hand.map((action) => ({ before: '  ', command: byHand(action) })),
    { before: 'Or fix the cause, then resume: ', command: resume },
  ]
}

function unknownLines(
  outcome: RunOutcome & { readonly kind: 'interrupted' | 'stopped' },
  plan: Plan,
): string[] {
  const { list } = stepsOf(outcome, plan)
  const { unchecked } = outcome
  return [
    ...list('Result unknown (could not be checked)', unchecked),
    ...mayBeDown(plan, unchecked),
  ]
}

function causesOf({ causes }: Failure): string[] {
  return causes.map((cause) => `  ${describeCause(cause)}`)
}

/** The causes of the failed step are not repeated. */
function problemsOf({ failure, problems, mounts_not_rolled_back }: RollbackFailed): string[] {
  const shown = new Set(causesOf(failure))
  return [
    ...causesOf(problems).filter((line) => !shown.has(line)),
    ...describeMountsNotRolledBack(mounts_not_rolled_back).map((line) => `  ${line}`),
  ]
}

/** If a reload is cut off, the server can leave its mounts without a backend. */
function mayBeDown({ steps }: Plan, unchecked: readonly string[]): string[] {
  const reloads = steps.flatMap(({ id, action }) =>
    action.kind === 'reload' && unchecked.includes(id) ? action : [],
  )
  if (reloads.length === 0) return []
  return [
    'These mounts may be down until the next run has checked them:',
    ...reloads.map(({ mounts, node }) => `  - ${mounts.join(', ')} on ${node}`),
  ]
}
