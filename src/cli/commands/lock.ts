/** `lockstep lock`: who holds the cluster, and, for a person who knows better, giving it free. */
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

/** Without a file there is the lock of this machine only. */
const ONLY_WITH_FILE =
  'A lock across machines is seen only with the file that names it (cluster.lock): give it with -f.'

export async function lock(
  what: 'show' | 'release',
  options: LockCommandOptions,
  host: Host,
): Promise<ExitCode> {
  const desired = options.file === undefined ? undefined : await loadDesired(options, host)
  const session = await openSession(options, host, desired)
  try {
    const locks = await readLocks(session, desired, host)
    if (what === 'show') for (const one of describe(locks)) host.out(line`${one}`)
    else for (const one of await release(locks, options, host)) host.out(line`${one}`)
    if (desired === undefined) host.err(line`${ONLY_WITH_FILE}`)
    return EXIT.done
  } finally {
    await session.close()
  }
}

interface Locks {
  /** This machine's. */
  readonly local: {
    readonly folder: string
    readonly holder: LockHolder | undefined
    /** False of one that died. */
    readonly held: boolean
  }
  /** The file's. */
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

/** Only what was looked at: whoever has taken it since keeps it. */
async function release(
  { local, shared }: Locks,
  options: LockCommandOptions,
  host: Host,
): Promise<string[]> {
  const { folder, holder, held } = local
  if (options.force !== true) {
    const forced = `${lockCommands(options).release} --force`
    refuseWhereHeld(held ? holder : shared?.state.held === true ? shared.state : undefined, forced)
  }
  const lines: string[] = []
  if (holder === undefined) lines.push('This machine: there was no lock.')
  else if (removeLock(folder, holder)) lines.push('This machine: released.')
  else throw takenSince('the lock of this machine', options)
  if (shared === undefined) return lines
  const { at, state } = shared
  if (!state.held) return [...lines, `Cluster (${at.kv}): there was no lock.`]
  const by = { run: '', who: host.who, since: host.now().toISOString() }
  if (!(await forceRelease({ ...at, ...by }, state.version))) throw takenSince(at.kv, options)
  return [...lines, `Cluster (${at.kv}): released.`]
}

type ShownHolder = Pick<LockHolder, 'who' | 'since' | 'run'>

function describeHolder({ who, since, run }: ShownHolder): string {
  return `${who}, since ${since} (run ${run})`
}

/** The lock of a run that died on this machine is free for the taking; any other may be alive. */
function refuseWhereHeld(holder: ShownHolder | undefined, release: string): void {
  if (holder === undefined) return
  throw new LockstepError({
    code: 'lock-held',
    message: `the lock is held by ${describeHolder(holder)}`,
    exitCode: EXIT.locked,
    hint: `Wait for that run to end. Where you know that it is gone: ${release}`,
  })
}

function takenSince(what: string, options: LockCommandOptions): LockstepError {
  return new LockstepError({
    code: 'lock-taken',
    message: `${what} was released or taken by another run just now, and is left alone`,
    exitCode: EXIT.locked,
    hint: `See who holds it: ${lockCommands(options).show}`,
  })
}
