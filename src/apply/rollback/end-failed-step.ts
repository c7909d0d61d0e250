/** How a run ends with a step that failed: its group is rolled back, or what was not is named. */
import type { Action, Plan, Step } from '../../documents/plan.generated.ts'
import type { Failure, RunEnd } from '../../documents/run-outcome.ts'
import { wordsOf } from '../failure.ts'
import type { IncompleteRollback } from './check-undo.ts'
import { idsOf } from '../ledger.ts'
import { recordIfPossible } from '../recorder.ts'
import { rollBack } from './roll-back-group.ts'
import type { RunContext } from '../run-context.ts'
import { lacksWhatItNeeds } from '../stop-reasons.ts'

export interface FailedStep {
  readonly failure: Failure
  /** Its request went out, or its checks were made; so it may have to be rolled back. */
  readonly begun: boolean
}

export async function failStep(
  context: RunContext,
  step: Step,
  { failure, begun }: FailedStep,
): Promise<RunEnd> {
  const { run, plan, ledger } = context
  const before = ledger.done().filter(({ group }) => group === step.group)
  const touched = begun ? [...before, step] : before
  if (touched.length === 0) {
    const error = lacksWhatItNeeds(failure)
    const none = { unchecked: [], between: ledger.hasWritten() }
    return { kind: 'stopped', error, ...none, ...ledger.ended(), remaining: ledger.remaining() }
  }
  if (!begun) await recordIfPossible(() => run.recorder.stepFailed(step, failure.reason))
  const unsent = unsentBeside(step, plan).filter((one) => !touched.includes(one))
  const left = await rollBack(run, step, { touched, unsent })
  if (left.kind === 'token_ended') {
    const { error } = left
    const unchecked = idsOf([...new Set([...touched, step])])
    const remaining = ledger.remaining([...touched, step])
    return { kind: 'stopped', error, unchecked, between: true, ...ledger.ended(touched), remaining }
  }
  const common = {
    step: step.id,
    failure,
    ...ledger.ended(before),
    remaining: ledger.remaining([step]),
  }
  if (left.kind === 'not_rolled_back') return endNotRolledBack(common, left)
  if (step.action.kind === 'check' && step.undo.length === 0) {
    return endNotRolledBack(common, nothingToRollBackTo(step, left.rolledBack))
  }
  // As they were before: whether by a request or because the failed one changed nothing.
  return {
    kind: 'rolled_back',
    ...common,
    rolled_back: idsOf([...new Set([...before, ...left.rolledBack])]),
  }
}

type Common = Pick<
  RunEnd & { readonly kind: 'rolled_back' },
  'step' | 'failure' | 'done' | 'already' | 'remaining'
>

function endNotRolledBack(common: Common, left: IncompleteRollback): RunEnd {
  const { problems, mountsNotRolledBack, byHand, rolledBack, notRolledBack } = left
  return {
    kind: 'rollback_failed',
    ...common,
    problems,
    mounts_not_rolled_back: mountsNotRolledBack,
    by_hand: byHand,
    rolled_back: idsOf(rolledBack),
    not_rolled_back: idsOf(notRolledBack),
  }
}

/** What an earlier run or a person brought about: nothing here says what was there before. */
function nothingToRollBackTo({ action }: Step, rolledBack: readonly Step[]): IncompleteRollback {
  const mounts = action.kind === 'check' ? action.mounts.join(', ') : ''
  const reason = `${mounts}: no older version is known that could be rolled back to`
  const byHand: readonly Action[] = []
  return {
    kind: 'not_rolled_back',
    rolledBack,
    notRolledBack: [],
    problems: { reason, causes: [wordsOf(reason)] },
    mountsNotRolledBack: [],
    byHand,
  }
}

/** The reloads of a step's group on its node, from the step on. */
function unsentBeside(step: Step, { steps }: Plan): Step[] {
  const { action, group } = step
  if (action.kind !== 'reload') return []
  return steps
    .slice(steps.indexOf(step))
    .filter(
      (one) =>
        one.group === group && one.action.kind === 'reload' && one.action.node === action.node,
    )
}
