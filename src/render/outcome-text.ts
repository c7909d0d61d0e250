/** How a run ended: what was done, what was undone, what was not begun, and what to type next. */
import type { Plan } from '../documents/plan.generated.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { unreachable } from '../domain/errors.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import { describeAction } from './action-text.ts'
import type { Palette } from './palette.ts'
import { listSome, printable } from './wording.ts'

export interface OutcomeTextOptions {
  readonly palette: Palette
  /** The command to type to go on. */
  readonly again: string
}

/** The end of a run as people read it; where mounts stay read-only, the last of it says so. */
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
  { palette, again }: OutcomeTextOptions,
): string {
  const titles = new Map(
    plan.steps.map((step) => [
      step.id,
      describeAction(step.action, { nodes: plan.cluster.nodes, detail: false }),
    ]),
  )
  const list = (heading: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : [`${heading}:`, ...ids.map((id) => `  - ${titles.get(id) ?? id}`)]
  const goOn = `To go on from what it finds: ${again}`
  switch (outcome.kind) {
    case 'done': {
      const count = `${outcome.done.length} step${outcome.done.length === 1 ? '' : 's'}`
      const where = onlyActiveRuns(plan.cluster)
        ? 'on the active node; standbys run no plugins'
        : 'on every node'
      return `\n${palette.green('Apply complete.')} ${count} carried out and checked ${where}.\n`
    }
    case 'stale':
      return lines(
        palette.red(
          `Stale: before "${titles.get(outcome.step) ?? outcome.step}" the cluster was not as planned.`,
        ),
        ...outcome.mismatches.map(
          ({ subject, field, expected, found }) =>
            `  ${subject}: ${field} was planned on ${expected}, found ${found}`,
        ),
        ...list('Done', outcome.done),
        ...list('Not begun', outcome.remaining),
        'To go on: plan again, and apply that plan.',
      )
    case 'put_back':
      return lines(
        palette.red(`Failed: ${titles.get(outcome.step) ?? outcome.step}`),
        `  ${outcome.reason}`,
        palette.yellow(
          'Put back: what it had touched runs as before, checked on every node touched.',
        ),
        ...list('Done', outcome.done),
        ...list('Undone', outcome.undone),
        ...list('Not begun', outcome.remaining),
        `Mend the cause, then go on from what it finds: ${again}`,
      )
    case 'not_put_back':
      return lines(
        palette.red(`Failed: ${titles.get(outcome.step) ?? outcome.step}`),
        `  ${outcome.reason}`,
        palette.red('NOT put back. This needs a person:'),
        ...outcome.problems.map((problem) => `  ${problem}`),
        ...list('Done', outcome.done),
        ...list('Tried to undo', outcome.undone),
        ...list('Not begun', outcome.remaining),
        'See what every node runs with: lockstep status',
      )
    case 'interrupted':
      return lines(
        palette.yellow(
          'Stopped between two steps, as asked. Every mount is where its last step left it.',
        ),
        ...list('Done', outcome.done),
        ...list('Not begun', outcome.remaining),
        goOn,
      )
    case 'stopped':
      return lines(
        palette.red(`Stopped: ${outcome.error.message}`),
        outcome.unchecked === undefined
          ? 'Every mount is where its last step left it.'
          : `Nobody could look at what came of: ${titles.get(outcome.unchecked) ?? outcome.unchecked}`,
        ...list('Done', outcome.done),
        ...list(
          'Not begun',
          outcome.remaining.filter((id) => id !== outcome.unchecked),
        ),
        ...(outcome.error.hint === undefined ? [] : [outcome.error.hint]),
        goOn,
      )
    default:
      return unreachable(outcome)
  }
}

function lines(...texts: readonly string[]): string {
  return `\n${texts.join('\n')}\n`
}
