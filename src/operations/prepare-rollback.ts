/**
 * The desired state that rolls back a whole run, from its journal. Plan it with `makePlan` and apply
 * it with `applyPlan` like any other. Reads the cluster and the journals; changes nothing.
 */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import type { PluginId } from '../domain/names.ts'
import { startOf } from '../journal/past-runs.ts'
import { listRuns, readRun } from '../journal/read-journal.ts'
import { findResumedRun, coversRun } from '../journal/resumed-runs.ts'
import { type RollbackState, rollbackState } from '../rollback/rollback-state.ts'
import { type Context, journalFolder } from './context.ts'

export interface RollbackInput {
  /** A run id or its first characters; not given: the latest run, with the runs that it resumed. */
  readonly run?: string
  /** A file that says whether the older version reads the data of the newer one. */
  readonly file?: DesiredState | undefined
}

/** If `lost` is not empty, no plan can return to where the run began. */
export interface Rollback extends RollbackState {
  /** The run to whose beginning it returns. */
  readonly started: RunStarted
  /** The run that was named, or the latest. */
  readonly chosen: RunStarted
  /** The first of the unfinished runs that `chosen` resumed. */
  readonly resumed: RunStarted | undefined
  /** True: it rolls back `resumed`, and all of `chosen` with it. */
  readonly isWhole: boolean
  readonly live: LiveState
}

/** Throws a LockstepError if there is no such run, or if it was on another cluster (exit 4). */
export async function prepareRollback(
  { run, file }: RollbackInput,
  context: Context,
): Promise<Rollback> {
  const { id } = await context.identify()
  const folder = journalFolder(context, id)
  const runs = listRuns(folder).map((name) => ({ name, events: readRun(folder, name) }))
  const onCluster = runs.filter(({ events }) => startOf(events)?.cluster.id === id)
  const { events } = chooseRun(run, run === undefined ? onCluster : runs)
  const kept = onCluster.map((one) => one.events)
  const chosen = beginningOn(id, events)
  const resumed = findResumedRun(chosen, kept)
  const isWhole = run === undefined && resumed !== undefined && coversRun(resumed, chosen, kept)
  const started = isWhole ? resumed : chosen
  const { entries, mounts, connections } = started.before
  const plugins = new Set<PluginId>(
    [...entries, ...mounts, ...connections].map(({ plugin }) => plugin),
  )
  const live = await context.observe(plugins)
  const state = rollbackState({ started, runs: kept, live, file })
  return { ...state, started, chosen, resumed, isWhole, live }
}

interface KeptJournal {
  readonly name: string
  readonly events: readonly JournalEvent[]
}

function chooseRun(run: string | undefined, runs: readonly KeptJournal[]): KeptJournal {
  const matching = runs.filter(
    ({ name, events }) =>
      (run === undefined || name.startsWith(run)) &&
      // A run that only checked has changed nothing that could be rolled back.
      events.some((event) => event.event === 'step_started' && event.action.kind !== 'check'),
  )
  const newest = matching.at(-1)
  if (newest !== undefined && (run === undefined || matching.length === 1)) return newest
  const why =
    run === undefined
      ? 'no run from this machine has changed this cluster'
      : matching.length === 0
        ? `no run "${run}" from this machine has changed this cluster`
        : `"${run}" matches several runs`
  throw new LockstepError({
    code: 'no-such-run',
    message: why,
    hint: 'List the runs: lockstep history',
  })
}

function beginningOn(cluster: string, events: readonly JournalEvent[]): RunStarted {
  const started = startOf(events)
  if (started?.cluster.id === cluster) return started
  throw new LockstepError({
    code: 'wrong-cluster',
    message:
      started === undefined
        ? 'the journal of that run does not say where it began'
        : `that run was on cluster ${started.cluster.name} (${started.cluster.id}), and this is ${cluster}`,
    exitCode: EXIT.stale,
    hint: 'Give the address of the cluster the run was on.',
  })
}
