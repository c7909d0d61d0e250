/**
 * Says that a run is under way, so that what is looked at may be changing, or that the newest one died
 * before its end. Takes no lock.
 */
import { readClusterLock } from '../lock/cluster-lock.ts'
import { isHeld, readHolder } from '../lock/local-lock.ts'
import { startOf } from '../journal/past-runs.ts'
import { listRuns, readRun } from '../journal/read-journal.ts'
import type { DesiredState } from '../domain/desired.ts'
import { LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { line } from '../domain/printable.ts'
import type { Host } from './host/host.ts'
import { type Context, journalFolder, stateFolder } from '../operations/context.ts'

export interface ClusterToWatch {
  readonly live: LiveState
  /** Absent: only this machine's runs are known of. */
  readonly desired: DesiredState | undefined
  readonly session: Context
  readonly host: Host
}

/** One line to stderr; nothing where nobody holds the cluster, here or by the file's lock. */
export async function tellOfRunUnderWay(watched: ClusterToWatch): Promise<void> {
  const { host } = watched
  const holder = localHolder(watched) ?? (await clusterHolder(watched))
  if (holder === undefined) {
    tellOfRunThatDied(watched)
    return
  }
  host.err(line`A run is under way: by ${holder.who}, since ${holder.since} (run ${holder.run}).`)
}

/** The newest run of this machine on the cluster has no end in its journal, and nobody holds the lock. */
function tellOfRunThatDied({ live, host, session }: ClusterToWatch): void {
  const folder = journalFolder(session, live.cluster.id)
  try {
    for (const run of listRuns(folder).reverse()) {
      const events = readRun(folder, run)
      const started = startOf(events)
      if (started?.cluster.id !== live.cluster.id) continue
      if (events.some(({ event }) => event === 'run_ended')) return
      host.err(
        line`Run ${run} (by ${started.by}) died before its end: mounts may be between two versions. See what it did with lockstep history ${run}; resume with lockstep apply.`,
      )
      return
    }
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    host.err(line`Whether a run has died cannot be seen: ${error.message}`)
  }
}

interface RunHolder {
  readonly run: string
  readonly who: string
  readonly since: string
}

function localHolder({ live, host }: ClusterToWatch): RunHolder | undefined {
  const holder = readHolder(stateFolder(host, live.cluster.id))
  const watcher = { host: host.hostname, pid: host.pid }
  const held = holder !== undefined && isHeld(holder, { holder: watcher, isAlive: host.isAlive })
  return held ? holder : undefined
}

async function clusterHolder(watched: ClusterToWatch): Promise<RunHolder | undefined> {
  const { live, desired, session, host } = watched
  const kv = desired?.cluster.lock?.kv
  const active = live.nodes.find(({ role }) => role === 'active')
  // Which secret is read, and its words shown, is for nobody else to say.
  const untrusted = session.commands === undefined
  if (kv === undefined || active === undefined || untrusted) return undefined
  try {
    const found = await readClusterLock({
      ...{ client: session.client, node: active.address, kv },
      watcher: host,
    })
    return found.held ? found : undefined
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    host.err(line`Whether a run is under way cannot be seen: ${error.message}`)
    return undefined
  }
}
