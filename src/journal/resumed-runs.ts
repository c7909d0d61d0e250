/** Finds the run that a later run resumed, from their journals. */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import { startOf } from './past-runs.ts'

type Events = readonly JournalEvent[]

/**
 * The first of the unfinished runs that `started` resumed: the oldest of the runs directly before
 * it, on the same plugins, that left work unfinished. Undefined if the run before it left no
 * unfinished work. `runs`: all runs of the cluster, the oldest first.
 */
export function findResumedRun(
  started: RunStarted,
  runs: readonly Events[],
): RunStarted | undefined {
  const position = runs.findIndex((events) => startOf(events)?.run === started.run)
  const plugins = new Set<string>(pluginsOf(started))
  let first: RunStarted | undefined
  for (const events of runs.slice(0, Math.max(position, 0)).reverse()) {
    const before = startOf(events)
    if (before === undefined || !pluginsOf(before).some((plugin) => plugins.has(plugin))) continue
    if (!events.some(({ event }) => event === 'step_started')) continue
    if (isFinished(events)) break
    first = before
  }
  return first
}

/**
 * Whether a rollback to the beginning of `earlier` undoes all of `started`, and nothing else. So
 * `earlier` touched everything that `started` touched; neither is a rollback; and every run between
 * them that touched the same things was left unfinished too and is no rollback.
 */
export function coversRun(
  earlier: RunStarted,
  started: RunStarted,
  runs: readonly Events[],
): boolean {
  const touched = new Set(subjectsOf(earlier))
  if (earlier.back_to !== undefined || started.back_to !== undefined) return false
  if (!subjectsOf(started).every((subject) => touched.has(subject))) return false
  const position = ({ run }: RunStarted): number =>
    runs.findIndex((events) => startOf(events)?.run === run)
  return runs.slice(position(earlier) + 1, position(started)).every((events) => {
    const between = startOf(events)
    if (between === undefined || !subjectsOf(between).some((subject) => touched.has(subject)))
      return true
    return between.back_to === undefined && !isFinished(events)
  })
}

function subjectsOf({ before: { entries, mounts, connections } }: RunStarted): string[] {
  return [
    ...entries.map(({ plugin, version }) => `${plugin} ${version}`),
    ...mounts.map(({ mount }) => mount),
    ...connections.map(({ connection }) => connection),
  ]
}

/** The run finished, or all its steps were rolled back. */
function isFinished(events: Events): boolean {
  const ended = events.find((event) => event.event === 'run_ended')
  return ended?.outcome === 'done' || (ended?.outcome === 'rolled_back' && ended.done.length === 0)
}

function pluginsOf({ before }: RunStarted): string[] {
  return [...before.entries, ...before.mounts, ...before.connections].map(({ plugin }) => plugin)
}
