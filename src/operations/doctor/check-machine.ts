/** Checks the lock and the journal: what `apply` needs of this machine. Writes nothing. */
import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DoctorCheck } from '../../documents/doctor.generated.ts'
import { count } from '../../domain/count.ts'
import type { DesiredState } from '../../domain/desired.ts'
import { errorName, EXIT, LockstepError } from '../../domain/errors.ts'
import type { LiveState } from '../../domain/live.ts'
import { checkFolder } from '../../journal/private-state.ts'
import { listRuns } from '../../journal/read-journal.ts'
import { readClusterLock } from '../../lock/cluster-lock.ts'
import { isHeld, readHolder } from '../../lock/local-lock.ts'
import { type Context, journalFolder, stateFolder } from '../context.ts'
import { findActiveRun } from '../find-active-run.ts'
import { failed, found, orError } from './checks.ts'

export interface LockQuestion {
  readonly clusterId: string
  readonly desired: DesiredState | undefined
}

/** The lock of this machine, then that of the file (`cluster.lock`). */
export async function checkLock(
  { clusterId, desired }: LockQuestion,
  context: Context,
): Promise<DoctorCheck> {
  const folder = stateFolder(context, clusterId)
  const local = await orError(() => {
    refuseUnwritable(folder)
    return readHolder(folder)
  })
  if (local instanceof LockstepError) return failed('lock', local)
  const holder = { host: context.hostname, pid: context.pid }
  if (local !== undefined && isHeld(local, { holder, isAlive: context.isAlive })) {
    return lockedBy('This machine is locked', local)
  }
  const kv = desired?.cluster.lock?.kv
  if (kv === undefined) {
    const scope =
      desired === undefined
        ? ''
        : ' The file names no lock for runs on other machines (cluster.lock).'
    return found({ check: 'lock', result: 'ok', message: `This machine is not locked.${scope}` })
  }
  // An untrusted file must not choose which secret is read.
  if (context.commands === undefined) {
    const message = `This machine is not locked. The lock in ${kv} was not read: the file is untrusted.`
    return found({ check: 'lock', result: 'unknown', message })
  }
  const { client, address: node } = context
  const shared = await orError(() => readClusterLock({ client, node, kv, watcher: context }))
  if (shared instanceof LockstepError) return failed('lock', shared)
  if (shared.held) return lockedBy(`The cluster is locked (${kv})`, shared)
  const message = `Neither this machine nor the cluster (${kv}) is locked.`
  return found({ check: 'lock', result: 'ok', message })
}

function lockedBy(
  what: string,
  { who, since, run }: { readonly who: string; readonly since: string; readonly run: string },
): DoctorCheck {
  return found({
    ...{ check: 'lock', result: 'failed', exit_code: EXIT.locked },
    message: `${what} by ${who}, since ${since} (run ${run}).`,
    fix: 'Wait for that run to end. To see or release the lock: `lockstep lock show`, `lockstep lock release`.',
  })
}

export interface JournalQuestion {
  readonly clusterId: string
  /** Undefined if the cluster could not be read. */
  readonly live: LiveState | undefined
}

export async function checkJournal(
  { clusterId, live }: JournalQuestion,
  context: Context,
): Promise<DoctorCheck> {
  const folder = journalFolder(context, clusterId)
  const runs = await orError(() => {
    refuseUnwritable(folder)
    return listRuns(folder)
  })
  if (runs instanceof LockstepError) return failed('journal', runs)
  const notices = live === undefined ? [] : await orError(() => findActiveRun({ live }, context))
  if (notices instanceof LockstepError) return failed('journal', notices)
  const died = notices.find(({ kind }) => kind === 'died')
  if (died?.kind === 'died') {
    return found({
      ...{ check: 'journal', result: 'warning' },
      message: `The latest run of this machine died before its end: ${died.run}, by ${died.who}.`,
      fix: 'Resume with `lockstep apply`. See what was done with `lockstep history`.',
    })
  }
  const kept =
    runs.length === 0 ? 'no journal of a run on this cluster yet' : count(runs.length, 'journal')
  const message = `Journals can be written to ${folder}: ${kept}.`
  return found({ check: 'journal', result: 'ok', message })
}

/** Bytes. The journal of a run of a hundred steps is smaller. */
const NEEDED_SPACE = 1024 ** 2

/**
 * Throws a LockstepError if the folder could not be made or written to, if other users may write to
 * it, or if its disk is full. What `apply` would find out by writing is found without.
 */
function refuseUnwritable(folder: string): void {
  const existing = nearestExisting(folder)
  const refuse = (why: string): LockstepError =>
    new LockstepError({
      code: 'journal-unwritable',
      message: `${folder} cannot be written (${why})`,
      hint: 'Make it writable, make room, or choose another folder: --journal for journals, XDG_STATE_HOME for journals and locks.',
    })
  try {
    if (!statSync(existing).isDirectory()) throw refuse(`${existing} is not a folder`)
    accessSync(existing, constants.W_OK | constants.X_OK)
    if (existing === folder) checkFolder(folder)
    const { blocks, bavail, bsize } = statfsSync(existing)
    // Some file systems do not count their blocks.
    if (blocks > 0 && bavail * bsize < NEEDED_SPACE) throw refuse('its disk is full')
  } catch (error) {
    if (error instanceof LockstepError) throw error
    throw refuse(errorName(error))
  }
}

function nearestExisting(folder: string): string {
  for (let path = folder; ; path = dirname(path)) {
    if (path === dirname(path)) return path
    try {
      statSync(path)
      return path
    } catch (error) {
      // Any other error is of a path that exists, and is reported by who uses the path.
      if (!['ENOENT', 'ENOTDIR'].includes(errorName(error))) return path
    }
  }
}
