/**
 * Finds whether a run is under way on a cluster, which means that the cluster may change while it
 * is read, or whether the latest run of this machine died before its end. Takes no lock.
 */
import type { DesiredState } from '../domain/desired.ts'
import { LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { startOf } from '../journal/past-runs.ts'
import { readClusterLock } from '../lock/cluster-lock.ts'
import { isHeld, readHolder } from '../lock/local-lock.ts'
import { type Context, stateFolder } from './context.ts'
import { listKeptRuns, runsQuestion } from './read-runs.ts'

export type RunNotice =
  | {
      readonly kind: 'under_way'
      readonly run: string
      readonly who: string
      readonly since: string
    }
  | { readonly kind: 'died'; readonly run: string; readonly who: string }
  /** A run of another machine has no end in the shared journal, and no lock says whether it lives. */
  | { readonly kind: 'not_ended'; readonly run: string; readonly who: string }
  /** `what` could not be determined. */
  | { readonly kind: 'unknown'; readonly what: 'under_way' | 'died'; readonly why: string }

export interface ActiveRunQuestion {
  readonly live: LiveState
  /** Names the cluster lock. If not given, only the runs of this machine are found. */
  readonly desired?: DesiredState | undefined
}

/** Empty if no run was found to be under way or to have died. */
export async function findActiveRun(
  { live, desired }: ActiveRunQuestion,
  context: Context,
): Promise<readonly RunNotice[]> {
  const local = localHolder(live, context)
  if (local !== undefined) return [{ kind: 'under_way', ...local }]
  const sharedNotice = await sharedHolder({ live, desired }, context)
  if (sharedNotice?.kind === 'under_way') return [sharedNotice]
  const diedNotice = await findDiedRun({ live, desired }, context)
  return [sharedNotice, diedNotice].flatMap((notice) => notice ?? [])
}

function localHolder(live: LiveState, context: Context) {
  const holder = readHolder(stateFolder(context, live.cluster.id))
  if (holder === undefined) return undefined
  const watcher = { host: context.hostname, pid: context.pid }
  if (!isHeld(holder, { holder: watcher, isAlive: context.isAlive })) return undefined
  const { run, who, since } = holder
  return { run, who, since }
}

async function sharedHolder(
  { live, desired }: ActiveRunQuestion,
  context: Context,
): Promise<RunNotice | undefined> {
  const kv = desired?.cluster.lock?.kv
  const active = live.nodes.find(({ role }) => role === 'active')
  // An untrusted file must not choose which secret is read and shown.
  const isUntrusted = context.commands === undefined
  if (kv === undefined || active === undefined || isUntrusted) return undefined
  try {
    const { client } = context
    const found = await readClusterLock({ client, node: active.address, kv, watcher: context })
    const { run, who, since } = found
    return found.held ? { kind: 'under_way', run, who, since } : undefined
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return { kind: 'unknown', what: 'under_way', why: error.message }
  }
}

/** The latest run on the cluster, if its journal has no end. */
async function findDiedRun(
  { live, desired }: ActiveRunQuestion,
  context: Context,
): Promise<RunNotice | undefined> {
  // Without a lock between machines, a run of another machine may still be under way.
  const knowsOthers = desired?.cluster.lock !== undefined && context.commands !== undefined
  try {
    const kept = await listKeptRuns(runsQuestion(desired, live), context)
    for (const { run, isLocal, read } of [...kept].reverse()) {
      const events = await read()
      const started = startOf(events)
      if (started?.cluster.id !== live.cluster.id) continue
      if (events.some(({ event }) => event === 'run_ended')) return undefined
      return { kind: isLocal || knowsOthers ? 'died' : 'not_ended', run, who: started.by }
    }
    return undefined
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return { kind: 'unknown', what: 'died', why: error.message }
  }
}
