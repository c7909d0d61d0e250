/** Which run another one went on with, by their journals. */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import { startOf } from './past-runs.ts'

type Events = readonly JournalEvent[]

/**
 * Where the work began that this run brought to its end: the oldest of the runs right before it on
 * the same plugins that left something half done. What those changed, this one found as it was.
 * `runs`: of the cluster, the oldest first.
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
    if (leftNothing(events)) break
    first = before
  }
  return first
}

/**
 * Whether going back to where an earlier run began takes back all of this one, and nothing else: it
 * touched all that this one touched, went back nowhere itself, and what was done to any of it in
 * between was left half done too.
 */
export function isAllOf(
  earlier: RunStarted,
  started: RunStarted,
  runs: readonly Events[],
): boolean {
  const touched = new Set(thingsOf(earlier))
  if (earlier.back_to !== undefined || started.back_to !== undefined) return false
  if (!thingsOf(started).every((thing) => touched.has(thing))) return false
  const position = ({ run }: RunStarted): number =>
    runs.findIndex((events) => startOf(events)?.run === run)
  return runs.slice(position(earlier) + 1, position(started)).every((events) => {
    const between = startOf(events)
    if (between === undefined || !thingsOf(between).some((thing) => touched.has(thing))) return true
    return between.back_to === undefined && !leftNothing(events)
  })
}

function thingsOf({ before: { entries, mounts, connections } }: RunStarted): string[] {
  return [
    ...entries.map(({ plugin, version }) => `${plugin} ${version}`),
    ...mounts.map(({ mount }) => mount),
    ...connections.map(({ connection }) => connection),
  ]
}

/** It came to its end, or all of it was rolled back. */
function leftNothing(events: Events): boolean {
  const ended = events.find((event) => event.event === 'run_ended')
  return ended?.outcome === 'done' || (ended?.outcome === 'rolled_back' && ended.done.length === 0)
}

function pluginsOf({ before }: RunStarted): string[] {
  return [...before.entries, ...before.mounts, ...before.connections].map(({ plugin }) => plugin)
}
