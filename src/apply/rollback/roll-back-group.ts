/**
 * Rolls back what the steps of one group touched, each request journaled, and reads it all back.
 * Says what could not be rolled back; throws nothing.
 */
import type { Action, Fact, Step } from '../../documents/plan.generated.ts'
import { writeOf } from '../../documents/writes-of.ts'
import type { LockstepError } from '../../domain/errors.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { findActive } from '../facts/active-node.ts'
import { assertTokenLives, readMismatches, placed, untilTheyHold } from '../facts/wait-for-facts.ts'
import { type Carried, carryThrough } from '../send-action.ts'
import {
  addUnsentDown,
  type Begun,
  judgeRollback,
  rollbackUnseen,
  type NotTaken,
  type RollbackResult,
} from './check-undo.ts'
import { findSilentMounts, type ReloadAction } from '../facts/silent-mounts.ts'
import { recordIfPossible } from '../recorder.ts'
import type { StepRun } from '../run-step.ts'
import { faultOf, isTokenEnded } from '../stop-reasons.ts'
import { effectOf, planUndo } from './plan-undo.ts'

/** Nobody can roll back, or look, once the token has ended. */
export interface TokenEnded {
  readonly kind: 'token_ended'
  readonly error: LockstepError
}

/** Takes back what was begun of the failed step's group. */
export async function rollBack(
  run: StepRun,
  failed: Step,
  begun: Begun,
): Promise<RollbackResult | TokenEnded> {
  // Asked to stop or not, a mount that is down is rolled back first. Without the lock too: that it
  // is down is certain, that another run began is not, and each step of that one looks first.
  const finishing = {
    ...run,
    interrupted: () => false,
    lockLost: () => false,
    waiting: (reason: string) => recordIfPossible(() => run.waiting(reason)),
  }
  run.recent.drop()
  try {
    return await undo(finishing, failed, begun)
  } catch (error) {
    if (isTokenEnded(error)) return { kind: 'token_ended', error }
    const { touched } = begun
    // Of what was not sent nothing is known to be down.
    if (touched.length === 0) return { kind: 'rolled_back', rolledBack: [] }
    return rollbackUnseen(touched, touched, faultOf(error).message)
  }
}

async function undo(run: StepRun, failed: Step, begun: Begun): Promise<RollbackResult> {
  const taken = await undoTouched(run, failed, begun.touched)
  const unsent = reloadsAmong(begun.unsent.flatMap(writeOf))
  const judged = addUnsentDown(taken, begun, await findSilentMounts(run, unsent))
  if (judged.kind === 'rolled_back') return judged
  const active = await findActive(run)
  return { ...judged, byHand: judged.byHand.map((action) => placed(run, action, active)) }
}

async function undoTouched(
  run: StepRun,
  failed: Step,
  touched: readonly Step[],
): Promise<RollbackResult> {
  const plan = planUndo(touched)
  const { actions, restores, lasting, lost } = plan
  // A refused request may have changed nothing: then there is nothing to take back.
  if (
    lost.length === 0 &&
    (await readMismatches(run, [...restores, ...lasting])).length === 0 &&
    (await findSilentMounts(run, reloadsAmong(actions))).length === 0
  ) {
    return { kind: 'rolled_back', rolledBack: [] }
  }
  const notTaken: NotTaken[] = []
  for (const action of actions) {
    const taken = await sendUndo(run, failed, action, restores)
    if (taken !== undefined) notTaken.push(taken)
  }
  return judgeRollback(touched, plan, {
    notTaken,
    broken: await untilTheyHold(run, restores),
    silent: await findSilentMounts(run, reloadsAmong(notTaken.map(({ action }) => action))),
    lasting: await readMismatches(run, lasting),
  })
}

function reloadsAmong(actions: readonly Action[]): ReloadAction[] {
  return actions.filter((action) => action.kind === 'reload')
}

/** Undefined where the server took it. */
async function sendUndo(
  run: StepRun,
  failed: Step,
  action: Action,
  restores: readonly Fact[],
): Promise<NotTaken | undefined> {
  if (action.kind === 'reload') {
    // Reloaded before it has heard of the older configuration, a node would load the newer.
    await untilTheyHold(
      run,
      restores.filter((fact) => isConfigurationOf(fact, action)),
    )
  }
  await recordIfPossible(() => run.recorder.undoStarted(failed, action))
  const carried = await tryToCarry(run, action, restores)
  if (carried.kind === 'accepted') {
    await recordIfPossible(() => run.recorder.undoDone(failed))
    return undefined
  }
  await recordIfPossible(() => run.recorder.undoFailed(failed, carried.reason))
  return { action, carried }
}

/** One that cannot even be sent must not keep the others from being. */
async function tryToCarry(
  run: StepRun,
  action: Action,
  restores: readonly Fact[],
): Promise<Carried> {
  try {
    const carried = await carryThrough(run, action, effectOf(action, restores))
    if (carried.kind === 'refused' && carried.denied) {
      await assertTokenLives(run, await findActive(run))
    }
    return carried
  } catch (error) {
    if (isTokenEnded(error)) throw error
    return { kind: 'unknown', reason: faultOf(error).message }
  }
}

function isConfigurationOf(fact: Fact, { node }: { readonly node: NodeAddress }): boolean {
  return (fact.fact === 'mount' || fact.fact === 'entry') && 'node' in fact && fact.node === node
}
