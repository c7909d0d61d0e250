/**
 * How a run ended: each step as exactly one of done and checked, already so, rolled back, not rolled
 * back, not seen, not begun; the nodes that could not be seen; and what to type next.
 */
import type { Action, Plan } from '../documents/plan.generated.ts'
import type { Failure, RollbackFailed, RunOutcome } from '../documents/run-outcome.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { count } from '../domain/count.ts'
import { EXIT, unreachable } from '../domain/errors.ts'
import { describeAction } from './action-text.ts'
import { awayLines, differingLines, headOf, unconfirmedLines } from './at-end-text.ts'
import { describeCause, describeMountsNotRolledBack } from './cause-text.ts'
import type { Palette } from './palette.ts'
import { listSome, printable, shortenHashes } from './wording.ts'

export interface OutcomeTextOptions {
  readonly palette: Palette
  /** The command to type to resume. */
  readonly resume: string
  /** The command that plans anew where this plan holds no longer. */
  readonly anew: string
  /** The command that makes an action's request without this program. */
  readonly byHand: (action: Action) => string
}

/** For people; ends with what to type next, and where mounts stay read-only, with how to fix that. */
export function renderOutcome(
  outcome: RunOutcome,
  plan: Plan,
  options: OutcomeTextOptions,
): string {
  return `${renderEnd(outcome, plan, options)}${renderReadOnly(outcome, options.palette)}`
}

function renderReadOnly({ readOnly = [] }: RunOutcome, palette: Palette): string {
  const [first] = readOnly
  if (first === undefined) return ''
  const paths = readOnly.map(({ mount }) => mount)
  const mounts = listSome(paths, { all: true })
  return lines(
    palette.yellow(`Warning: no writes to ${mounts} on ${printable(first.node)}, only reads.`),
    'No plugin came up there when the node became active, and a reload does not change that.',
    'Once every node has the plugin’s file: vault operator step-down, or restart the node.',
  )
}

function renderEnd(outcome: RunOutcome, plan: Plan, options: OutcomeTextOptions): string {
  const { palette, resume: resumeCommand, anew } = options
  const { titleOf, list } = stepsOf(outcome, plan)
  const done = [
    ...list(
      'Done and checked',
      outcome.done.filter((id) => !outcome.already.includes(id)),
    ),
    ...list('Already so, checked (nothing was sent)', outcome.already),
  ]
  const seen = [...differingLines(outcome), ...awayLines(outcome)]
  const resume = `To resume: ${resumeCommand}`
  const planAgain = `To resume, plan again: ${anew}`
  switch (outcome.kind) {
    case 'done':
      return lines(
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
      )
    case 'stale':
      return lines(
        palette.red(`Stale: before "${titleOf(outcome.step)}" the cluster was not as planned.`),
        ...staleLines(outcome),
        ...done,
        ...list('Not begun', outcome.remaining),
        ...seen,
        planAgain,
      )
    case 'rolled_back':
      return lines(
        palette.red(`Failed: ${titleOf(outcome.step)}`),
        ...causesOf(outcome.failure),
        palette.yellow(describeRolledBack(outcome)),
        ...done,
        ...list('Rolled back', outcome.rolled_back),
        ...list('Not begun', outcome.remaining),
        ...awayLines(outcome),
        `Fix the cause, then resume: ${resumeCommand}`,
      )
    case 'rollback_failed':
      return lines(
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
      )
    case 'interrupted':
      return lines(
        outcome.unchecked.length === 0
          ? palette.yellow('Stopped between two steps, as asked.')
          : palette.red('Stopped at once, as asked.'),
        ...notSeenLines(outcome, plan),
        ...done,
        ...list('Not begun', outcome.remaining),
        ...seen,
        resume,
      )
    case 'stopped':
      return lines(
        palette.red(`Stopped: ${printable(shortenHashes(outcome.error.message))}`),
        ...outcome.error.details.map((detail) => `  ${printable(shortenHashes(detail))}`),
        ...notSeenLines(outcome, plan),
        ...done,
        ...list('Not begun', outcome.remaining),
        ...seen,
        ...(outcome.error.hint === undefined ? [] : [outcome.error.hint]),
        // The same plan would be refused for the same reason.
        outcome.error.exitCode === EXIT.stale ? planAgain : resume,
      )
    default:
      return unreachable(outcome)
  }
}

/** Titles with the roles that the nodes had at the end: a leader may have changed since the plan. */
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
      : 'on every node that was seen'
  const sent = done.length - already.length
  if (sent === 0)
    return `Nothing was sent: ${count(done.length, 'step')} already so (checked ${where}).`
  const now = `${count(sent, 'step')} done and checked ${where}.`
  return already.length === 0
    ? now
    : `${now} ${count(already.length, 'step')} already so (checked); nothing was sent for that.`
}

function describeRolledBack({
  rolled_back,
  atEnd,
}: RunOutcome & { readonly kind: 'rolled_back' }): string {
  if (rolled_back.length === 0) {
    return 'Nothing was changed by this step: what it touches runs as before (checked).'
  }
  const where = (atEnd?.away ?? []).length === 0 ? 'on every node' : 'on every node that was seen'
  return `Rolled back. Every mount that was touched runs its old version again ${where} (checked).`
}

function staleLines({ mismatches }: RunOutcome & { readonly kind: 'stale' }): string[] {
  const told = mismatches.map(({ subject, field, expected, found }) =>
    printable(
      shortenHashes(
        field === 'used by' || field === 'run by'
          ? `  ${subject}: nothing should use it any more, and ${found}`
          : `  ${subject}: ${field} was planned on ${expected}, found ${found}`,
      ),
    ),
  )
  return [...new Set(told)]
}

function byHandLines(
  { by_hand }: RunOutcome & { readonly kind: 'rollback_failed' },
  { resume: resumeCommand, byHand }: OutcomeTextOptions,
): string[] {
  if (by_hand.length === 0) return [`Fix the cause, then resume: ${resumeCommand}`]
  return [
    'To restore these mounts, fix the cause, then run:',
    ...by_hand.map((action) => `  ${byHand(action)}`),
    `Or fix the cause, then resume: ${resumeCommand}`,
  ]
}

function notSeenLines(
  outcome: RunOutcome & { readonly kind: 'interrupted' | 'stopped' },
  plan: Plan,
): string[] {
  const { list } = stepsOf(outcome, plan)
  const { unchecked } = outcome
  return [
    ...list('Not seen: nobody could look at what came of', unchecked),
    ...mayBeDown(plan, unchecked),
  ]
}

function causesOf({ causes }: Failure): string[] {
  return causes.map((cause) => `  ${describeCause(cause)}`)
}

/** What was said of the step that failed is not said again. */
function problemsOf({ failure, problems, mounts_not_rolled_back }: RollbackFailed): string[] {
  const said = new Set(causesOf(failure))
  const told = causesOf(problems).filter((line) => !said.has(line))
  return [
    ...told,
    ...describeMountsNotRolledBack(mounts_not_rolled_back).map((line) => `  ${line}`),
  ]
}

/** A server that is cut off in a reload leaves its mounts without a backend. */
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

function lines(...texts: readonly string[]): string {
  return `\n${texts.join('\n')}\n`
}
