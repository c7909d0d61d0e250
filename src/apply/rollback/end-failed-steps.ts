/**
 * Ends a run in which steps failed: rolls back their groups, one after another, and names what was
 * not rolled back.
 */
import type { Action, Step } from '../../documents/plan.generated.ts'
import type { Failure, RunEnd } from '../../documents/run-outcome.ts'
import { groupBy } from '../../domain/group-by.ts'
import { onceEach, wordsOf } from '../failure.ts'
import type { IncompleteRollback, RollbackResult } from './check-undo.ts'
import { idsOf } from '../ledger.ts'
import { recordIfPossible } from '../recorder.ts'
import { rollBack, type TokenEnded } from './roll-back-group.ts'
import type { RunContext } from '../run-context.ts'
import { lacksWhatItNeeds } from '../stop-reasons.ts'

export interface FailedStep {
  readonly step: Step
  readonly failure: Failure
  /** True if its request was sent or its checks were made, so that it may have to be rolled back. */
  readonly begun: boolean
}

/** `failed`: in the order in which they failed. */
export async function failSteps(
  run: RunContext,
  failed: readonly [FailedStep, ...FailedStep[]],
): Promise<RunEnd> {
  const { ledger } = run
  const failure = joinFailures(failed.map((one) => one.failure))
  const steps = failed.map(({ step }) => step)
  const first = failed[0].step
  const groups = [...groupBy(failed, ({ step }) => step.group)].map(([group, ofGroup]) => ({
    failed: ofGroup,
    before: ledger.done().filter((step) => step.group === group),
    begun: ofGroup.flatMap(({ step, begun }) => (begun ? step : [])),
  }))
  const touched = groups.flatMap(({ before, begun }) => [...before, ...begun])
  if (touched.length === 0) {
    const error = lacksWhatItNeeds(failure)
    const between = ledger.hasWritten()
    const remaining = ledger.remaining()
    return { kind: 'stopped', error, unchecked: [], between, ...ledger.ended(), remaining }
  }
  for (const { step, failure: why, begun } of failed) {
    if (!begun) await recordIfPossible(() => run.recorder.stepFailed(step, why.reason))
  }
  const results: RollbackResult[] = []
  for (const group of groups) {
    const result = await rollBackGroup(run, group)
    if (result.kind === 'token_ended') {
      const { error } = result
      const unchecked = idsOf([...new Set([...touched, ...steps])])
      return {
        kind: 'stopped',
        error,
        unchecked,
        between: true,
        ...ledger.ended(touched),
        remaining: ledger.remaining([...touched, ...steps]),
      }
    }
    results.push(result)
  }
  const before = groups.flatMap((group) => group.before)
  const rolledBack = results.flatMap((one) => one.rolledBack)
  const incomplete = results.filter((one) => one.kind === 'not_rolled_back')
  const notRolledBack = incomplete.flatMap((one) => one.notRolledBack)
  // A step that changed nothing counts as rolled back too.
  const rolled_back = idsOf(
    [...new Set([...before, ...rolledBack])].filter((step) => !notRolledBack.includes(step)),
  )
  const common = {
    step: first.id,
    failure,
    ...ledger.ended(before),
    remaining: ledger.remaining([first, ...rolledBack, ...notRolledBack]),
  }
  if (incomplete.length > 0) {
    return {
      kind: 'rollback_failed',
      ...common,
      problems: joinFailures(incomplete.map(({ problems }) => problems)),
      mounts_not_rolled_back: incomplete.flatMap((one) => one.mountsNotRolledBack),
      by_hand: incomplete.flatMap(({ byHand }) => byHand),
      rolled_back,
      not_rolled_back: idsOf(notRolledBack),
    }
  }
  return { kind: 'rolled_back', ...common, rolled_back }
}

interface FailedGroup {
  /** In the order in which they failed. */
  readonly failed: readonly FailedStep[]
  /** The steps of the group that were done. */
  readonly before: readonly Step[]
  /** The failed steps whose request may have been sent. */
  readonly begun: readonly Step[]
}

async function rollBackGroup(
  run: RunContext,
  { failed, before, begun }: FailedGroup,
): Promise<RollbackResult | TokenEnded> {
  const touched = [...before, ...begun]
  const [{ step } = { step: undefined }] = failed
  if (step === undefined || touched.length === 0) return { kind: 'rolled_back', rolledBack: [] }
  const unsent = findUnsent(step, run.plan.steps).filter((one) => !touched.includes(one))
  const result = await rollBack(run, step, { touched, unsent })
  const lost = failed.find((one) => one.step.action.kind === 'check' && one.step.undo.length === 0)
  if (result.kind !== 'rolled_back' || lost === undefined) return result
  return nothingToRollBackTo(lost.step, result.rolledBack)
}

function joinFailures(failures: readonly Failure[]): Failure {
  return {
    reason: failures.map(({ reason }) => reason).join('; '),
    causes: onceEach(failures.flatMap(({ causes }) => causes)),
  }
}

/** An earlier run or a person made the change that the check found: the version before is unknown. */
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

/** Returns the reloads of the step's group on its node, from the step on. */
function findUnsent(step: Step, steps: readonly Step[]): Step[] {
  const { action, group } = step
  if (action.kind !== 'reload') return []
  return steps
    .slice(steps.indexOf(step))
    .filter(
      (one) =>
        one.group === group && one.action.kind === 'reload' && one.action.node === action.node,
    )
}
