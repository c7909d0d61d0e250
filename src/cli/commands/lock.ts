/** `lockstep lock`: shows who holds the lock, or releases it. */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import type { DesiredState } from '../../domain/desired.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { line } from '../../domain/printable.ts'
import {
  type ClusterLockState,
  forceRelease,
  readClusterLock,
  type LockObserver,
} from '../../lock/cluster-lock.ts'
import { isHeld, type LockHolder, readHolder, removeLock } from '../../lock/local-lock.ts'
import type { Client } from '../../server/client.ts'
import { lockCommands } from '../resume-command.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { type Context, stateFolder } from '../../operations/context.ts'
import { openSession } from '../session.ts'

type LockCommandOptions = CommonOptions & { readonly force?: boolean }

/** Printed if no file is given: then only the lock of this machine is known. */
const ONLY_WITH_FILE =
  'To see a lock across machines, give the file that names it (cluster.lock) with -f.'

export async function lock(
  action: 'show' | 'release',
  options: LockCommandOptions,
  host: Host,
): Promise<ExitCode> {
  const desired = options.file === undefined ? undefined : await loadDesired(options, host)
  const session = await openSession(options, host, desired)
  try {
    const locks = await readLocks(session, desired, host)
    if (action === 'show') for (const text of describe(locks)) host.out(line`${text}`)
    else for (const text of await release(locks, options, host)) host.out(line`${text}`)
    if (desired === undefined) host.err(line`${ONLY_WITH_FILE}`)
    return EXIT.done
  } finally {
    await session.close()
  }
}

interface Locks {
  /** The lock of this machine. */
  readonly local: {
    readonly folder: string
    readonly holder: LockHolder | undefined
    /** False if the process of the holder is dead. */
    readonly held: boolean
  }
  /** The lock that the file names; undefined if it names none. */
  readonly shared: { readonly at: SharedLock; readonly state: ClusterLockState } | undefined
}

interface SharedLock {
  readonly client: Client
  readonly node: NodeAddress
  readonly kv: string
  readonly watcher: LockObserver
}

async function readLocks(
  session: Context,
  desired: DesiredState | undefined,
  host: Host,
): Promise<Locks> {
  const { id } = await session.identify()
  const folder = stateFolder(host, id)
  const holder = readHolder(folder)
  const watcher = { holder: { host: host.hostname, pid: host.pid }, isAlive: host.isAlive }
  const local = { folder, holder, held: holder !== undefined && isHeld(holder, watcher) }
  const kv = desired?.cluster.lock?.kv
  if (kv === undefined) return { local, shared: undefined }
  const at = { client: session.client, node: session.address, kv, watcher: host }
  return { local, shared: { at, state: await readClusterLock(at) } }
}

function describe({ local, shared }: Locks): string[] {
  const { holder, held } = local
  const lines =
    holder === undefined
      ? ['This machine: not locked.']
      : [
          `This machine: ${held ? 'locked by' : 'left by a run that died:'} ${describeHolder(holder)}`,
        ]
  if (shared !== undefined) {
    const { at, state } = shared
    lines.push(
      state.held
        ? `Cluster (${at.kv}): locked by ${describeHolder(state)}`
        : `Cluster (${at.kv}): not locked.`,
    )
  }
  return lines
}

/** Releases only the locks that were read. A lock that another run has taken since then is kept. */
async function release(
  { local, shared }: Locks,
  options: LockCommandOptions,
  host: Host,
): Promise<string[]> {
  const { folder, holder, held } = local
  if (options.force !== true) {
    const forced = `${lockCommands(options).release} --force`
    refuseHeldLock(held ? holder : shared?.state.held === true ? shared.state : undefined, forced)
  }
  const lines: string[] = []
  if (holder === undefined) lines.push('This machine: there was no lock.')
  else if (removeLock(folder, holder)) lines.push('This machine: released.')
  else throw lockTakenError('the lock of this machine', options)
  if (shared === undefined) return lines
  const { at, state } = shared
  if (!state.held) return [...lines, `Cluster (${at.kv}): there was no lock.`]
  const by = { run: '', who: host.who, since: host.now().toISOString() }
  if (!(await forceRelease({ ...at, ...by }, state.version))) throw lockTakenError(at.kv, options)
  return [...lines, `Cluster (${at.kv}): released.`]
}

type ShownHolder = Pick<LockHolder, 'who' | 'since' | 'run'>

function describeHolder({ who, since, run }: ShownHolder): string {
  return `${who}, since ${since} (run ${run})`
}

/**
 * Throws a LockstepError (exit 7) if a lock is held. The lock of a run that died on this machine
 * does not count; any other holder may be alive.
 */
function refuseHeldLock(holder: ShownHolder | undefined, release: string): void {
  if (holder === undefined) return
  throw new LockstepError({
    code: 'lock-held',
    message: `the lock is held by ${describeHolder(holder)}`,
    exitCode: EXIT.locked,
    hint: `Wait for that run to end. If you know that it has ended: ${release}`,
  })
}

function lockTakenError(lockName: string, options: LockCommandOptions): LockstepError {
  return new LockstepError({
    code: 'lock-taken',
    message: `${lockName} was released or taken by another run just now, and is left alone`,
    exitCode: EXIT.locked,
    hint: `See who holds it: ${lockCommands(options).show}`,
  })
}
