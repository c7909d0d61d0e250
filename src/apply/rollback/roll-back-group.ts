/**
 * Rolls back what the steps of one group changed, recording each request, and reads everything back.
 * Returns what could not be rolled back; throws nothing.
 */
import type { Action, Fact, Step } from '../../documents/plan.generated.ts'
import { writeOf } from '../../documents/writes-of.ts'
import type { LockstepError } from '../../domain/errors.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { findActive } from '../facts/active-node.ts'
import {
  assertTokenLives,
  onCurrentNode,
  readMismatches,
  waitForFacts,
} from '../facts/wait-for-facts.ts'
import { sendAction, type SendResult } from '../send-action.ts'
import {
  addUnsentDown,
  type Begun,
  judgeRollback,
  rollbackUnseen,
  type NotAccepted,
  type RollbackResult,
} from './check-undo.ts'
import { findSilentMounts, type ReloadAction } from '../facts/silent-mounts.ts'
import { recordIfPossible } from '../recorder.ts'
import type { RunContext } from '../run-context.ts'
import { faultOf, isTokenEnded } from '../stop-reasons.ts'
import { effectOf, planUndo } from './plan-undo.ts'

/** Without a valid token nothing can be rolled back or read. */
export interface TokenEnded {
  readonly kind: 'token_ended'
  readonly error: LockstepError
}

/** Rolls back the steps of the failed step's group that began, also when the run must stop. */
export async function rollBack(
  run: RunContext,
  failed: Step,
  begun: Begun,
): Promise<RollbackResult | TokenEnded> {
  run.recent.drop()
  try {
    return await undo(run, failed, begun)
  } catch (error) {
    if (isTokenEnded(error)) return { kind: 'token_ended', error }
    const { touched } = begun
    // Nothing was sent, so nothing is down because of this group.
    if (touched.length === 0) return { kind: 'rolled_back', rolledBack: [] }
    return rollbackUnseen(touched, touched, faultOf(error).message)
  }
}

async function undo(run: RunContext, failed: Step, begun: Begun): Promise<RollbackResult> {
  const result = await undoTouched(run, failed, begun.touched)
  const unsent = reloadsAmong(begun.unsent.flatMap(writeOf))
  const judged = addUnsentDown(result, begun, await findSilentMounts(run, unsent))
  if (judged.kind === 'rolled_back') return judged
  const active = await findActive(run)
  return { ...judged, byHand: judged.byHand.map((action) => onCurrentNode(run, action, active)) }
}

async function undoTouched(
  run: RunContext,
  failed: Step,
  touched: readonly Step[],
): Promise<RollbackResult> {
  const plan = planUndo(touched)
  const { actions, restores, lasting, lost } = plan
  // A refused request may have changed nothing: then there is nothing to roll back.
  if (
    lost.length === 0 &&
    (await readMismatches(run, [...restores, ...lasting])).length === 0 &&
    (await findSilentMounts(run, reloadsAmong(actions))).length === 0
  ) {
    return { kind: 'rolled_back', rolledBack: [] }
  }
  const notAccepted: NotAccepted[] = []
  for (const action of actions) {
    const problem = await sendUndo(run, failed, action, restores)
    if (problem !== undefined) notAccepted.push(problem)
  }
  return judgeRollback(touched, plan, {
    notAccepted,
    broken: await waitForFacts(run, restores),
    silent: await findSilentMounts(run, reloadsAmong(notAccepted.map(({ action }) => action))),
    lasting: await readMismatches(run, lasting),
  })
}

function reloadsAmong(actions: readonly Action[]): ReloadAction[] {
  return actions.filter((action) => action.kind === 'reload')
}

/** Returns undefined if the server accepted the action. */
async function sendUndo(
  run: RunContext,
  failed: Step,
  action: Action,
  restores: readonly Fact[],
): Promise<NotAccepted | undefined> {
  if (action.kind === 'reload') {
    // A node that does not show the older configuration yet would load the newer version again.
    await waitForFacts(
      run,
      restores.filter((fact) => isConfigurationOf(fact, action)),
    )
  }
  await recordIfPossible(() => run.recorder.undoStarted(failed, action))
  const result = await trySending(run, action, restores)
  if (result.kind === 'accepted') {
    await recordIfPossible(() => run.recorder.undoDone(failed))
    return undefined
  }
  await recordIfPossible(() => run.recorder.undoFailed(failed, result.reason))
  return { action, result }
}

/** An action that cannot be sent must not keep the next ones from being sent. */
async function trySending(
  run: RunContext,
  action: Action,
  restores: readonly Fact[],
): Promise<SendResult> {
  try {
    // The lock may be lost. But the mount is certainly down, while another run only may have begun,
    // and each step of that run reads first what it finds.
    const result = await sendAction(run, action, effectOf(action, restores), {
      evenWithoutLock: true,
    })
    if (result.kind === 'refused' && result.denied) {
      await assertTokenLives(run, await findActive(run))
    }
    return result
  } catch (error) {
    if (isTokenEnded(error)) throw error
    return { kind: 'unknown', reason: faultOf(error).message }
  }
}

function isConfigurationOf(fact: Fact, { node }: { readonly node: NodeAddress }): boolean {
  return (fact.fact === 'mount' || fact.fact === 'entry') && 'node' in fact && fact.node === node
}
