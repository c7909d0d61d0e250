/**
 * Puts back what the steps of one group touched, each request journaled, and reads it all back.
 * Says what could not be put back; throws nothing that the cluster or the token is to blame for.
 */
import type { Action, Fact, Step } from '../documents/plan.generated.ts'
import { LockstepError } from '../domain/errors.ts'
import { type NodeAddress, UNVERSIONED } from '../domain/names.ts'
import type { Mismatch } from '../documents/run-outcome.ts'
import { look, untilTheyHold } from './await-facts.ts'
import { carryThrough } from './carry-through.ts'
import { describeMismatch } from './mismatch.ts'
import { notSeenToAnswer, type ReloadAction } from './not-seen-to-answer.ts'
import { recordIfPossible } from './recorder.ts'
import type { StepRun } from './run-step.ts'
import { planUndo } from './undo.ts'

/** Why what the steps touched is not back; empty when it is. `touched`: the failed one last. */
export async function putBack(
  run: StepRun,
  failed: Step,
  touched: readonly Step[],
): Promise<readonly string[]> {
  // Asked to stop or not, a mount that is down is put back first. Without the lock too: that it is
  // down is certain, that another run began is not, and each step of that one looks before it acts.
  const finishing = {
    ...run,
    interrupted: () => false,
    lockLost: () => false,
    waiting: (reason: string) => recordIfPossible(run.waiting(reason)),
  }
  try {
    return await undo(finishing, failed, touched)
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return [error.message]
  }
}

async function undo(
  run: StepRun,
  failed: Step,
  touched: readonly Step[],
): Promise<readonly string[]> {
  const { actions, restores, lasting, lost } = planUndo(touched)
  const reloads = actions.filter((action) => action.kind === 'reload')
  // A refused request may have changed nothing: then there is nothing to take back.
  if (
    lost.length === 0 &&
    (await look(run, [...restores, ...lasting])).length === 0 &&
    (await notSeenToAnswer(run, reloads)).length === 0
  ) {
    return []
  }
  const problems: string[] = []
  const refused: ReloadAction[] = []
  for (const action of actions) {
    if (action.kind === 'reload') {
      // Reloaded before it has heard of the older configuration, a node would load the newer.
      await untilTheyHold(
        run,
        restores.filter((fact) => isConfigurationOf(fact, action)),
      )
    }
    await recordIfPossible(run.recorder.undoStarted(failed, action))
    const carried = await carryThrough(run, action, effectOf(action, restores))
    if (carried.kind === 'accepted') await recordIfPossible(run.recorder.undoDone(failed))
    else {
      await recordIfPossible(run.recorder.undoFailed(failed, carried.reason))
      problems.push(carried.reason)
      if (action.kind === 'reload') refused.push(action)
    }
  }
  const open = [
    ...(await untilTheyHold(run, restores)).map(describeMismatch),
    ...(await notSeenToAnswer(run, refused)),
    ...(await look(run, lasting)).map(describeLasting),
    ...lost.map((mount) => `${mount}: there is nothing that it could be put back to`),
  ]
  return open.length === 0 ? [] : [...problems, ...open]
}

function describeLasting(mismatch: Mismatch): string {
  const { fact, subject } = mismatch
  if (fact.fact === 'no_mount') return `${subject}: it was mounted, and is never unmounted`
  if (fact.fact === 'entry') {
    return `${describeMismatch(mismatch)}; the file it named before holds another binary by now`
  }
  const version = fact.fact === 'mount' ? fact.configured_version : ''
  const why =
    version === UNVERSIONED
      ? 'a version, once set, cannot be cleared'
      : `nothing is registered that it could go back to`
  return `${describeMismatch(mismatch)}; ${why}`
}

function isConfigurationOf(fact: Fact, { node }: { readonly node: NodeAddress }): boolean {
  return (fact.fact === 'mount' || fact.fact === 'entry') && 'node' in fact && fact.node === node
}

/** Those of the facts to restore that this one action brings about. */
function effectOf(action: Action, restores: readonly Fact[]): Fact[] {
  return restores.filter((fact) => {
    switch (action.kind) {
      case 'register':
      case 'deregister':
        return (
          fact.fact === 'entry' &&
          fact.plugin === action.plugin &&
          fact.version === action.version &&
          fact.node === undefined
        )
      case 'tune':
        return fact.fact === 'mount' && fact.mount === action.mount && fact.node === undefined
      case 'repoint':
        return fact.fact === 'connection' && fact.connection === action.connection
      case 'reload':
        return (
          fact.fact === 'running' && fact.node === action.node && action.mounts.includes(fact.mount)
        )
      case 'enable':
        return false
    }
  })
}
