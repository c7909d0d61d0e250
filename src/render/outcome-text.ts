/** How a run ended: what was done, what was undone, what was not begun, and what to type next. */
import type { Action, Plan } from '../documents/plan.generated.ts'
import type { Failure, RollbackFailed, RunOutcome } from '../documents/run-outcome.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { count } from '../domain/count.ts'
import { EXIT, unreachable } from '../domain/errors.ts'
import { describeAction } from './action-text.ts'
import { describeCause, describeNotBack, saysTheCure } from './cause-text.ts'
import type { Palette } from './palette.ts'
import { listSome, printable, shortenHashes } from './wording.ts'

export interface OutcomeTextOptions {
  readonly palette: Palette
  /** The command to type to go on. */
  readonly again: string
  /** The command that plans anew where this plan holds no longer. */
  readonly anew: string
  /** The command that makes an action's request without this program. */
  readonly byHand: (action: Action) => string
}

/** For people; ends with what to type next, and where mounts stay read-only, with what cures it. */
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

function renderEnd(
  outcome: RunOutcome,
  plan: Plan,
  { palette, again, anew, byHand }: OutcomeTextOptions,
): string {
  const { titleOf, list } = stepsOf(plan)
  const goOn = `To go on from what it finds: ${again}`
  const planAgain = `To go on, plan again: ${anew}`
  switch (outcome.kind) {
    case 'done':
      return `\n${palette.green('Apply complete.')} ${describeDone(outcome, plan)}\n`
    case 'stale':
      return lines(
        palette.red(`Stale: before "${titleOf(outcome.step)}" the cluster was not as planned.`),
        ...new Set(
          outcome.mismatches.map(({ subject, field, expected, found }) =>
            shortenHashes(
              field === 'used by' || field === 'run by'
                ? `  ${subject}: nothing was to use it any more, and ${found}`
                : `  ${subject}: ${field} was planned on ${expected}, found ${found}`,
            ),
          ),
        ),
        ...list('Done', outcome.done),
        ...list('Not begun', outcome.remaining),
        planAgain,
      )
    case 'rolled_back':
      return lines(
        palette.red(`Failed: ${titleOf(outcome.step)}`),
        ...causesOf(outcome.failure),
        palette.yellow(
          outcome.undone.length === 0
            ? 'Nothing was changed by it: what it touches runs as before, checked.'
            : 'Put back: what it had touched runs as before, checked on every node touched.',
        ),
        ...list('Done', outcome.done),
        ...list('Undone', outcome.undone),
        ...list('Not begun', outcome.remaining),
        `${saysTheCure(outcome.failure) ? 'Once that is right,' : 'Mend the cause, then'} go on from what it finds: ${again}`,
      )
    case 'rollback_failed':
      return lines(
        palette.red(`Failed: ${titleOf(outcome.step)}`),
        ...causesOf(outcome.failure),
        palette.red('NOT put back. This needs a person:'),
        ...problemsOf(outcome),
        ...list('Done', outcome.done),
        ...list('Undone', outcome.undone),
        ...list('Not undone', outcome.not_undone),
        ...list('Not begun', outcome.remaining),
        ...(outcome.by_hand.length === 0
          ? ['Mend the cause.']
          : [
              'Mend the cause. What is not back comes back as it was with:',
              ...outcome.by_hand.map((action) => `  ${byHand(action)}`),
            ]),
        `Or, with the cause mended, go on from what it finds: ${again}`,
      )
    case 'interrupted':
      return lines(
        ...(outcome.unchecked === undefined
          ? [
              palette.yellow(
                'Stopped between two steps, as asked. Every mount is where its last step left it.',
              ),
            ]
          : [
              palette.red('Stopped at once. Nobody has looked at what came of:'),
              ...outcome.unchecked.map((id) => `  - ${titleOf(id)}`),
              ...mayBeDown(plan, outcome.unchecked),
            ]),
        ...list('Done', outcome.done),
        ...list('Not begun', outcome.remaining),
        goOn,
      )
    case 'stopped':
      return lines(
        palette.red(`Stopped: ${printable(shortenHashes(outcome.error.message))}`),
        ...outcome.error.details.map((detail) => `  ${printable(shortenHashes(detail))}`),
        outcome.unchecked === undefined
          ? 'Every mount is where its last step left it.'
          : `Nobody could look at what came of: ${titleOf(outcome.unchecked)}`,
        ...list('Done', outcome.done),
        ...list(
          'Not begun',
          outcome.remaining.filter((id) => id !== outcome.unchecked),
        ),
        ...(outcome.error.hint === undefined ? [] : [outcome.error.hint]),
        // The same plan would be refused for the same reason.
        outcome.error.exitCode === EXIT.stale ? planAgain : goOn,
      )
    default:
      return unreachable(outcome)
  }
}

function stepsOf(plan: Plan) {
  const titles = new Map(
    plan.steps.map((step) => [
      step.id,
      describeAction(step.action, { nodes: plan.cluster.nodes, detail: false }),
    ]),
  )
  const titleOf = (id: string): string => titles.get(id) ?? id
  const list = (heading: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : [`${heading}:`, ...ids.map((id) => `  - ${titleOf(id)}`)]
  return { titleOf, list }
}

function describeDone(
  { done, already }: RunOutcome & { readonly kind: 'done' },
  { cluster }: Plan,
): string {
  const where = onlyActiveRuns(cluster)
    ? 'on the active node; standbys run no plugins'
    : 'on every node'
  if (done.length > 0 && already === done.length) {
    return `All ${count(done.length, 'step')} had been carried out before, as was checked ${where}.`
  }
  const now = `${count(done.length - already, 'step')} carried out and checked ${where}.`
  return already === 0 ? now : `${now} ${count(already, 'step')} had been carried out before.`
}

function causesOf({ causes }: Failure): string[] {
  return causes.map((cause) => `  ${describeCause(cause)}`)
}

/** What was said of the step that failed is not said again. */
function problemsOf({ failure, problems, not_rolled_back }: RollbackFailed): string[] {
  const said = new Set(causesOf(failure))
  const told = causesOf(problems).filter((line) => !said.has(line))
  return [...told, ...describeNotBack(not_rolled_back).map((line) => `  ${line}`)]
}

/** A server that is cut off in a reload leaves its mounts without a backend. */
function mayBeDown({ steps }: Plan, unchecked: readonly string[]): string[] {
  const reloads = steps.flatMap(({ id, action }) =>
    action.kind === 'reload' && unchecked.includes(id) ? action : [],
  )
  if (reloads.length === 0) return []
  return [
    'These mounts may be down until the next run has looked:',
    ...reloads.map(({ mounts, node }) => `  - ${mounts.join(', ')} on ${node}`),
  ]
}

function lines(...texts: readonly string[]): string {
  return `\n${texts.join('\n')}\n`
}
