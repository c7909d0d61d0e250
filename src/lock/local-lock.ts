/**
 * Allows one run at a time on this machine: a lock file in the cluster's folder names its holder. A
 * holder that died no longer holds the lock, and only one run can take the lock over from it.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { EXIT, LockstepError, errorName } from '../domain/errors.ts'
import { checkFolder, readPrivate } from '../journal/private-state.ts'

export interface LockHolder {
  /** The run's id. */
  readonly run: string
  /** `user@host pid n`. */
  readonly who: string
  /** RFC 3339. */
  readonly since: string
  readonly pid: number
  readonly host: string
}

export interface LocalLock {
  /**
   * False after a person released the lock: another run may have taken it, so this run must stop.
   */
  readonly isOurs: () => boolean
  readonly release: () => void
}

export interface LockOptions {
  /** The cluster's folder on this machine, the same for every run. */
  readonly folder: string
  readonly holder: LockHolder
  /** True if a process of this machine is alive. */
  readonly isAlive: (pid: number) => boolean
  /** The commands that show and release the lock, for the hint of the error. */
  readonly commands: LockCommands
}

/** The commands as a user types them for this cluster. */
export interface LockCommands {
  readonly show: string
  readonly release: string
}

/**
 * Takes the lock. Throws a LockstepError: exit 7 if another run holds it, or if the folder cannot
 * be written.
 */
export function takeLocalLock(options: LockOptions): LocalLock {
  const { folder, holder } = options
  const path = lockPath(folder)
  const own = writeOwn(folder, holder)
  try {
    if (!tryLink(own, path)) {
      const other = readHolder(folder)
      if (other !== undefined && isHeld(other, options)) {
        throw locked(other, options.commands)
      }
      if (other !== undefined) releaseDead(options, other, own)
      if (!tryLink(own, path)) {
        throw locked(readHolder(folder) ?? other, options.commands)
      }
    }
  } finally {
    unlinkSync(own)
  }
  const isOurs = (): boolean => {
    try {
      return readHolder(folder)?.run === holder.run
    } catch {
      // A lock that cannot be read no longer protects this run. No throw: a running run must end
      // with an outcome.
      return false
    }
  }
  return {
    isOurs,
    release: () => {
      if (isOurs()) unlinkSync(path)
    },
  }
}

/**
 * True if a lock of the folder may have been taken or released since then (milliseconds since the
 * epoch): each of these makes or removes a file of the folder.
 */
export function wasLockedSince(folder: string, time: number): boolean {
  try {
    return statSync(folder).mtimeMs > time - CLOCK_STEP
  } catch (error) {
    return errorName(error) !== 'ENOENT'
  }
}

/** Milliseconds by which a file system's clock may be behind. */
const CLOCK_STEP = 100

/**
 * Writes the file that will become the lock, and returns its path. Throws a LockstepError if the
 * folder cannot be written: the run must not begin.
 */
function writeOwn(folder: string, holder: LockHolder): string {
  const own = join(folder, `lock.${holder.run}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    checkFolder(folder)
    const descriptor = openSync(own, 'wx', 0o600)
    try {
      writeSync(descriptor, JSON.stringify(holder))
      // If it were linked before it is on disk, a power failure could leave an empty lock.
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    return own
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause
    const why = errorName(cause)
    throw new LockstepError({
      code: 'lock-unwritable',
      message: `nothing can be written to ${folder} (${why}), so the lock of this machine cannot be taken`,
      hint: 'Nothing was begun. Make it writable, or set XDG_STATE_HOME to a folder that all runs on this machine can write to.',
      cause,
    })
  }
}

function lockPath(folder: string): string {
  return join(folder, 'lock')
}

/** Linking is atomic: only one of two runs succeeds, and the linked file is complete. */
function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** The holder of the lock. Undefined if there is no lock. */
export function readHolder(folder: string): LockHolder | undefined {
  return readFrom(lockPath(folder))
}

function readFrom(path: string): LockHolder | undefined {
  try {
    const text = readPrivate(path)
    return parseHolder(text) ?? { ...UNREADABLE, since: statSync(path).mtime.toISOString() }
  } catch (error) {
    if (error instanceof LockstepError) throw error
    if (errorName(error) === 'ENOENT') return undefined
    // A symbolic link, or a file that this user may not read: the lock counts as held.
    return { ...UNREADABLE, since: 'an unknown time' }
  }
}

/**
 * Stands for a file that no run wrote: a run's lock file is complete before it is linked. A person
 * must find out who wrote the file, so the lock counts as held.
 */
const UNREADABLE = { run: 'unknown', who: 'a file that does not name its holder', pid: 0, host: '' }

/** A run's id becomes part of a file name, so it must not be a path. */
function parseHolder(text: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Record<keyof LockHolder, unknown>> | null
    const { run, who, since, pid, host } = holder ?? {}
    const isWhole =
      [run, who, since, host].every((part) => typeof part === 'string') && Number.isInteger(pid)
    return isWhole && /^[^/\0]+$/.test(String(run)) ? (holder as LockHolder) : undefined
  } catch {
    return undefined
  }
}

/**
 * Whether the holder may be alive. A lock of another machine (in a shared home folder) cannot be
 * checked and counts as held. A holder with our own process id was an earlier process, as after the
 * restart of a container.
 */
export function isHeld(
  other: LockHolder,
  { holder, isAlive }: Pick<LockOptions, 'isAlive'> & { readonly holder: LocalProcess },
): boolean {
  if (other.run === UNREADABLE.run) return true
  if (other.host !== holder.host) return true
  return other.pid !== holder.pid && isAlive(other.pid)
}
type LocalProcess = Pick<LockHolder, 'host' | 'pid'>

/**
 * Removes the lock of a dead holder. Only a run that linked a claim for that holder may remove it,
 * and it reads the lock again first, so that a lock that was taken meanwhile is never removed. A
 * claim of a process that died is removed in the same way.
 */
function releaseDead(options: LockOptions, dead: LockHolder, own: string): void {
  const { folder } = options
  const claim = join(folder, `lock.${dead.run}.takeover`)
  if (tryLink(own, claim)) {
    try {
      if (readHolder(folder)?.run === dead.run) unlinkSync(lockPath(folder))
    } finally {
      unlinkSync(claim)
    }
    return
  }
  const claimant = readFrom(claim)
  if (claimant === undefined || isHeld(claimant, options)) return
  const overClaim = join(folder, `lock.${claimant.run}.takeover`)
  if (!tryLink(own, overClaim)) return
  try {
    if (readFrom(claim)?.run === claimant.run) unlinkSync(claim)
  } finally {
    unlinkSync(overClaim)
  }
  releaseDead(options, dead, own)
}

/**
 * Removes the lock that a person has seen (`shown`). False if the lock is gone, or if another run
 * has taken it since.
 */
export function removeLock(folder: string, shown: LockHolder): boolean {
  if (readHolder(folder)?.run !== shown.run) return false
  try {
    unlinkSync(lockPath(folder))
    return true
  } catch (error) {
    if (errorName(error) === 'ENOENT') return false
    throw error
  }
}

function locked(other: LockHolder | undefined, { show, release }: LockCommands): LockstepError {
  if (other?.run === UNREADABLE.run) {
    return new LockstepError({
      code: 'locked',
      message: `the lock file of this machine does not say who holds the cluster (written ${other.since})`,
      exitCode: EXIT.locked,
      hint: `If no run is alive on this machine, remove it: ${release} --force`,
    })
  }
  const who = other === undefined ? 'another run' : `${other.who}, since ${other.since}`
  return new LockstepError({
    code: 'locked',
    message: `the cluster is locked by ${who}${other === undefined ? '' : ` (run ${other.run})`}`,
    exitCode: EXIT.locked,
    hint: `Wait for that run to end (${show}), or, if its machine is gone, release it: ${release}`,
  })
}
