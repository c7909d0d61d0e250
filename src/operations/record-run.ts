/**
 * Carries out a plan whose locks are held: writes the journal and renews the token during the run.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import type { LiveState } from '../domain/live.ts'
import type { NodeAddress } from '../domain/names.ts'
import { readStateBefore } from '../apply/read-state-before.ts'
import type { SeenAnswers } from '../apply/facts/seen-answers.ts'
import { createRecorder } from '../apply/recorder.ts'
import { runPlan } from '../apply/run.ts'
import type { EnvironmentOf } from '../apply/send-once.ts'
import { faultOf } from '../apply/stop-reasons.ts'
import { keepToken } from '../login/renew-token.ts'
import { createVerify, type RunCommand } from '../apply/verify.ts'
import { pastOf, unreloadedEntries } from '../journal/past-runs.ts'
import type { RunProgress } from '../journal/run-progress.ts'
import { openJournal } from '../journal/write-journal.ts'
import type { ClusterLock } from '../lock/cluster-lock.ts'
import type { LocalLock, LockHolder } from '../lock/local-lock.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import type { Client } from '../server/client.ts'
import { openSharedJournal } from '../cluster-journal/write-shared-journal.ts'
import { type Context, journalFolder } from './context.ts'
import { readRuns, runsQuestion } from './read-runs.ts'

export interface LockedRun {
  readonly plan: FreshPlan
  readonly holder: LockHolder
  readonly localLock: LocalLock
  readonly clusterLock: ClusterLock | undefined
  /** The client of the run. Its writes can be shut off. */
  readonly client: Client
  /** Finds the address of the active node. */
  readonly node: () => Promise<NodeAddress>
  readonly environmentOf: EnvironmentOf
  readonly runCommand: RunCommand
  readonly progress: RunProgress
  readonly isStopped: () => boolean
  /** Seconds to watch each reloaded mount. */
  readonly soak: number
  /** Seconds to wait for a leader, or for a node that does not answer. */
  readonly wait: number
  /** The number of steps that may run at the same time. */
  readonly parallelism: number
  /** If the run is a rollback: the run whose initial state it returns to. */
  readonly backTo: string | undefined
  /** The id of the plan file that is applied, if any. */
  readonly savedPlanId: string | undefined
  readonly answers: SeenAnswers
  /** The cluster that the plan was made from. */
  readonly live: LiveState
  /** What the plan was made from, if that is so recent that it need not be read again. */
  readonly fresh: () => LiveState | undefined
  readonly onEvent: ((event: JournalEvent) => void | Promise<void>) | undefined
}

/**
 * Returns how the run ended. Throws a LockstepError before anything is begun if the run cannot be
 * recorded.
 */
export async function recordRun(run: LockedRun, context: Context): Promise<RunOutcome> {
  const { plan, holder, client, environmentOf, runCommand, localLock, clusterLock } = run
  const { soak, wait, backTo, savedPlanId, onEvent } = run
  const { id } = plan.cluster
  const kv = plan.cluster.journal
  const shared =
    kv === undefined
      ? undefined
      : await openSharedJournal({ client: context.client, node: run.node, kv, run: holder.run })
  // Read before the journal of this run exists, so that this run is not counted.
  const question = {
    ...runsQuestion({ cluster: {} }, run.live),
    ...(kv !== undefined && { journal: { kv }, node: await run.node() }),
  }
  const written = unreloadedEntries(pastOf(await readRuns(question, context)))
  const journal = openJournal(journalFolder(context, id), holder.run)
  const write = async (event: JournalEvent): Promise<void> => {
    // Both at once, so that steps under way at the same time are in the same order in both.
    journal.write(event)
    await shared?.write(event)
  }
  try {
    const recorder = createRecorder({
      run: holder.run,
      by: holder.who,
      now: context.now,
      sinks: [write, run.progress.sink],
      watchers: onEvent === undefined ? [] : [onEvent],
      ...(backTo !== undefined && { backTo }),
      ...(savedPlanId !== undefined && { savedPlanId }),
    })
    const { every } = context
    // The token of a login is renewed from the login on.
    const stopKeeping =
      context.login !== undefined
        ? () => undefined
        : await keepToken({ client: context.client, node: run.node, every })
    try {
      await recorder.runStarted(plan, await readStateBefore(client, plan, run.fresh()))
      const outcome = await runPlan(plan, {
        client,
        recorder,
        environmentOf,
        soak,
        wait,
        parallelism: run.parallelism,
        written,
        answers: run.answers,
        mountCount: run.live.mounts.length,
        verify: createVerify({ client, runCommand }),
        clock: () => context.now().getTime(),
        interrupted: run.isStopped,
        lockLost: () => !localLock.isOurs() || clusterLock?.isOurs() === false,
        checkLock: async () => clusterLock?.checkOwner(),
      })
      return await recordEnd(outcome, () => recorder.runEnded(outcome))
    } finally {
      stopKeeping()
    }
  } finally {
    journal.close()
  }
}

/**
 * Writes the end of the run. If the journal cannot be written, a run with outcome `done` becomes
 * `stopped` with the error. Other outcomes stay: most of them come from the same error.
 */
async function recordEnd(outcome: RunOutcome, record: () => Promise<void>): Promise<RunOutcome> {
  try {
    await record()
    return outcome
  } catch (error) {
    if (outcome.kind !== 'done') return outcome
    const unrecorded = { unchecked: [], between: false, remaining: [] }
    return { ...outcome, kind: 'stopped', error: faultOf(error), ...unrecorded }
  }
}
