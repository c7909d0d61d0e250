/**
 * Makes the desired state that rolls back a whole run, from its journal. Plan it with `makePlan`
 * and apply it with `applyPlan`, like any other. Reads the cluster and the journals; writes
 * nothing.
 */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import type { PluginId } from '../domain/names.ts'
import { startOf } from '../journal/past-runs.ts'
import { withCurrentNodes } from '../journal/current-nodes.ts'
import { findResumedRun, coversRun } from '../journal/resumed-runs.ts'
import { type RollbackState, rollbackState } from '../rollback/rollback-state.ts'
import type { Context } from './context.ts'
import { listKeptRuns, type RunsQuestion } from './read-runs.ts'

export interface RollbackInput {
  /** A run id or its first characters. Not given: the latest run, with the runs that it resumed. */
  readonly run?: string
  /** A file that says whether the older version reads the data of the newer one. */
  readonly file?: DesiredState | undefined
}

/** If `lost` is not empty, no plan can restore the state before the run. */
export interface Rollback extends RollbackState {
  /** The run whose initial state is the desired state. */
  readonly started: RunStarted
  /** The run that was named, or the latest. */
  readonly chosen: RunStarted
  /** The first of the unfinished runs that `chosen` resumed. */
  readonly resumed: RunStarted | undefined
  /** True if the rollback covers `resumed`, and so all of `chosen`. */
  readonly isWhole: boolean
  readonly live: LiveState
}

/**
 * Throws a LockstepError if there is no such run, or if the run was on another cluster (exit 4).
 */
export async function prepareRollback(
  { run, file }: RollbackInput,
  context: Context,
): Promise<Rollback> {
  const { id } = await context.identify()
  const runs = await readKept(id, { run, journal: file?.cluster.journal }, context)
  const onCluster = runs.filter(({ events }) => startOf(events)?.cluster.id === id)
  const { events } = chooseRun(run, run === undefined ? onCluster : runs)
  const journals = onCluster.map((run) => run.events)
  const chosen = startOnCluster(id, events)
  const resumed = findResumedRun(chosen, journals)
  const isWhole = run === undefined && resumed !== undefined && coversRun(resumed, chosen, journals)
  const started = isWhole ? resumed : chosen
  const { entries, mounts, connections } = started.before
  const plugins = new Set<PluginId>(
    [...entries, ...mounts, ...connections].map(({ plugin }) => plugin),
  )
  const live = await context.observe(plugins)
  // The journals name the nodes by the addresses that they had then.
  const current = journals.map((run) => withCurrentNodes(run, live.nodes))
  const [begun = started] = withCurrentNodes([started], live.nodes)
  const state = rollbackState({ started: begun, runs: current, live, file })
  return { ...state, started, chosen, resumed, isWhole, live }
}

/** Runs of other machines that are read before the named run, and if none is named. */
const OTHERS_READ = 50

/**
 * All runs of this machine. Of the shared journal: the newest, and all since shortly before the run
 * that was named.
 */
async function readKept(
  cluster: string,
  { run, journal }: Pick<RunsQuestion, 'journal'> & { readonly run: string | undefined },
  context: Context,
): Promise<KeptJournal[]> {
  const kept = await listKeptRuns({ cluster, journal }, context)
  const named = run === undefined ? -1 : kept.findIndex((found) => found.run.startsWith(run))
  const first = (named < 0 ? kept.length : named) - OTHERS_READ
  return Promise.all(
    kept
      .filter(({ isLocal }, index) => isLocal || index >= first)
      .map(async ({ run: name, read }) => ({ name, events: await read() })),
  )
}

interface KeptJournal {
  readonly name: string
  readonly events: readonly JournalEvent[]
}

function chooseRun(run: string | undefined, runs: readonly KeptJournal[]): KeptJournal {
  const matching = runs.filter(
    ({ name, events }) =>
      (run === undefined || name.startsWith(run)) &&
      // A run that only checked has changed nothing, so there is nothing to roll back.
      events.some((event) => event.event === 'step_started' && event.action.kind !== 'check'),
  )
  const newest = matching.at(-1)
  if (newest !== undefined && (run === undefined || matching.length === 1)) return newest
  const why =
    run === undefined
      ? 'no run in the journals has changed this cluster'
      : matching.length === 0
        ? `no run "${run}" in the journals has changed this cluster`
        : `"${run}" matches several runs`
  throw new LockstepError({
    code: 'no-such-run',
    message: why,
    hint: 'List the runs: lockstep history. For runs of other machines, name the file with cluster.journal: -f FILE.',
  })
}

function startOnCluster(cluster: string, events: readonly JournalEvent[]): RunStarted {
  const started = startOf(events)
  if (started?.cluster.id === cluster) return started
  throw new LockstepError({
    code: 'wrong-cluster',
    message:
      started === undefined
        ? 'the journal of that run does not say how it began'
        : `that run was on cluster ${started.cluster.name} (${started.cluster.id}), and this is ${cluster}`,
    exitCode: EXIT.stale,
    hint: 'Give the address of the cluster the run was on.',
  })
}
