/** Which run another one went on with, by their journals. */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import { startOf } from './past-runs.ts'

type Events = readonly JournalEvent[]

/**
 * Where the work began that this run brought to its end: the oldest of the runs right before it on
 * the same plugins that left something half done. What those changed, this one found as it was.
 * `runs`: of the cluster, the oldest first.
 */
export function wentOnWith(started: RunStarted, runs: readonly Events[]): RunStarted | undefined {
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

/** It came to its end, or all of it was put back. */
function leftNothing(events: Events): boolean {
  const ended = events.find((event) => event.event === 'run_ended')
  return ended?.outcome === 'done' || (ended?.outcome === 'put_back' && ended.done.length === 0)
}

function pluginsOf({ before }: RunStarted): string[] {
  return [...before.entries, ...before.mounts, ...before.connections].map(({ plugin }) => plugin)
}
