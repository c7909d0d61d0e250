/**
 * Allows one run at a time across machines: a secret in a KV store (version 2), written by
 * check-and-set. The lock ends a bounded time after its last renewal, by the server's own clock, so
 * a machine that died does not hold it forever. If the holder was a process of this machine, the
 * lock also ends when that process is dead.
 */
import type { JsonObject } from '../domain/exchange.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { NodeAddress } from '../domain/names.ts'
import { serverTime } from '../server/answers/cluster.ts'
import {
  deletedVersion,
  isUnversionedSecret,
  secret as decodeSecret,
  writtenVersion,
} from '../server/answers/secret.ts'
import { decode } from '../server/answers/shape.ts'
import type { Client } from '../server/client.ts'
import { decodeOrThrow, refusalError } from '../server/faults.ts'
import { notVersioned, requireKvStore } from '../server/kv-store.ts'
import { readHealth, readSecret, writeSecret } from '../server/requests.ts'

/** Milliseconds: the lifetime of the lock without a renewal, and the time between renewals. */
const LOCK_LIFETIME = 60_000
const RENEW_EVERY = 20_000

/** The content of the lock's secret. */
export interface ClusterLockState {
  /** The newest version of the secret. 0 if there is none. */
  readonly version: number
  readonly run: string
  readonly who: string
  readonly since: string
  /**
   * False if the lock was released or not renewed in time, or if its holder is known to be dead.
   */
  readonly held: boolean
}

/** The process that reads a lock, and what it knows about the processes of its machine. */
export interface LockObserver {
  readonly pid: number
  /**
   * Equal for two processes that can see each other's process ids. Undefined if that is unknown.
   */
  readonly machine: string | undefined
  readonly isAlive: (pid: number) => boolean
}

export interface ClusterLock {
  /**
   * False after another run wrote the lock, or if it could not be renewed in time. Then the run
   * must stop.
   */
  readonly isOurs: () => boolean
  /** Reads the lock, so that `isOurs` knows whether another run wrote it since the last renewal. */
  readonly checkOwner: () => Promise<void>
  readonly release: () => Promise<void>
}

export interface ClusterLockOptions {
  readonly client: Client
  /**
   * The node to ask. Called for each request: the active node may change while the lock is held.
   */
  readonly node: () => Promise<NodeAddress>
  /** `<mount>/<path>`. */
  readonly kv: string
  readonly run: string
  readonly who: string
  readonly since: string
  readonly watcher: LockObserver
  /** The command that shows the lock, for the hint of the error. */
  readonly show: string
  /** Calls `callback` at this interval until the returned function is called. */
  readonly every: (milliseconds: number, callback: () => void) => () => void
  /** A clock for durations only, in milliseconds. */
  readonly clock: () => number
}

/** The run that writes the lock, and the node. */
type LockWriter = Pick<ClusterLockOptions, 'client' | 'kv' | 'run' | 'who' | 'since' | 'watcher'> &
  AskedNode
interface AskedNode {
  readonly node: NodeAddress
}

/**
 * Takes the lock. Throws a LockstepError: exit 7 if another run holds the lock, otherwise the
 * server's refusal.
 */
export async function takeClusterLock(options: ClusterLockOptions): Promise<ClusterLock> {
  const findWriter = async (): Promise<LockWriter> => ({
    ...options,
    node: await options.node(),
  })
  const claim = await findWriter()
  const before = await readClusterLock(claim)
  if (before.held) throw locked(options, before)
  let version = await write(claim, before.version, { released: false })
  if (version === undefined) throw locked(options, await readClusterLock(claim))
  let renewed = options.clock()
  let renewing: Promise<void> = Promise.resolve()
  let lost = false
  const stop = options.every(RENEW_EVERY, () => {
    renewing = renewing.then(async () => {
      const startedAt = options.clock()
      try {
        const next =
          version === undefined
            ? undefined
            : await write(await findWriter(), version, { released: false })
        if (next === undefined) lost = true
        else [version, renewed] = [next, startedAt]
      } catch {
        // The next renewal tries again. One must succeed within the lock's lifetime.
      }
    })
  })
  return {
    isOurs: () => !lost && options.clock() - renewed < LOCK_LIFETIME,
    checkOwner: async () => {
      // After a running renewal: a renewal changes the version that is ours.
      renewing = renewing.then(async () => {
        try {
          const now = await readClusterLock(await findWriter())
          if (now.run !== options.run || now.version !== version) lost = true
        } catch {
          // The lock could not be read. It is ours until the last renewal runs out.
        }
      })
      await renewing
    },
    release: async () => {
      stop()
      await renewing
      if (version === undefined || lost) return
      try {
        await write(await findWriter(), version, { released: true })
      } catch {
        // The lock ends without a renewal. An error here would hide the outcome of the run.
      }
    },
  }
}

/**
 * Reads the lock, and whether it is still held by the server's clock. Throws a LockstepError if it
 * cannot be read or is not a lock.
 */
export async function readClusterLock(
  options: Pick<ClusterLockOptions, 'client' | 'kv' | 'watcher'> & AskedNode,
): Promise<ClusterLockState> {
  const { client, node, kv, watcher } = options
  const request = readSecret(kv)
  const [answer, clock] = await Promise.all([
    client.ask(node, request),
    client.ask(node, readHealth()),
  ])
  // The secret does not exist yet, or its newest version is deleted. The metadata of a deleted
  // version still has its number.
  if (answer.status === 404) {
    await requireKvStore(client, { setting: 'lock', node, kv, answer })
    const version = decodeOrThrow(deletedVersion, { node, request }, answer)
    return { version, run: '', who: '', since: '', held: false }
  }
  if (answer.status !== 200) throw refusalError(node, request, answer)
  if (isUnversionedSecret(answer.body)) throw notVersioned('lock', kv)
  const { version, written, secret } = decodeOrThrow(decodeSecret, { node, request }, answer)
  if (!isLock(secret)) throw notALock(kv)
  const now = decodeOrThrow(serverTime, { node, request: readHealth() }, clock)
  return {
    version,
    run: textOf(secret['run']),
    who: textOf(secret['who']),
    since: textOf(secret['since']),
    // The server's time has whole seconds. One second more, so that the lock never ends too early.
    held:
      secret['released'] !== true &&
      now * 1000 - written < LOCK_LIFETIME + 1000 &&
      !isDead({ machine: secret['machine'], pid: numberOf(secret['pid']) }, watcher),
  }
}

/**
 * True for an empty secret or a lock. The author of the file or the plan file chose the path, and
 * an application's secret must not be overwritten.
 */
function isLock(secret: JsonObject): boolean {
  return Object.keys(secret).length === 0 || ('run' in secret && 'released' in secret)
}

/** A holder with our own process id was an earlier process. */
function isDead(
  holder: { readonly machine: JsonObject[string]; readonly pid: number },
  { machine, pid, isAlive }: LockObserver,
): boolean {
  if (machine === undefined || holder.machine !== machine) return false
  return holder.pid === pid || !isAlive(holder.pid)
}

/**
 * Marks the lock released, for a person who knows that the holder is gone. False if the lock was
 * written since that person read it (`version`): then nothing was changed.
 */
export async function forceRelease(claim: LockWriter, version: number): Promise<boolean> {
  return (await write(claim, version, { released: true })) !== undefined
}

/** The version that was written. Undefined if another run wrote first. */
async function write(
  { client, node, kv, run, who, since, watcher }: LockWriter,
  version: number,
  state: { readonly released: boolean },
): Promise<number | undefined> {
  const { pid, machine } = watcher
  const holder = { run, who, since, pid, ...(machine !== undefined && { machine }) }
  const request = writeSecret(kv, version, { ...holder, ...state })
  const outcome = await client.write(node, request)
  // The write may have been carried out, so the lock is read again.
  const confirmHeld = async (): Promise<number | undefined> => {
    const written = await readClusterLock({ client, node, kv, watcher })
    return written.run === run && written.version > version ? written.version : undefined
  }
  if (outcome.kind === 'lost') return confirmHeld()
  const { response } = outcome
  if (response.status === 200) {
    const written = decode(writtenVersion, response.body)
    return written.kind === 'odd' ? confirmHeld() : written.value
  }
  if (response.status === 400 && JSON.stringify(response.body).includes('check-and-set')) {
    return undefined
  }
  if (response.status === 204) throw notVersioned('lock', kv)
  throw refusalError(node, request, response)
}

function locked(
  { kv, show }: Pick<ClusterLockOptions, 'kv' | 'show'>,
  { who, since, run }: ClusterLockState,
): LockstepError {
  return new LockstepError({
    code: 'locked',
    message: `the cluster is locked by ${who}, since ${since} (run ${run}, in ${kv})`,
    exitCode: EXIT.locked,
    hint: `Wait for that run to end. If its machine is gone, the lock ends by itself within a minute. To see the lock: ${show}`,
  })
}

function notALock(kv: string): LockstepError {
  return new LockstepError({
    code: 'not-a-lock',
    message: `cluster.lock.kv names ${kv}, and the secret there is not a lock of this program`,
    hint: 'Nothing was written. Name a path in cluster.lock.kv that nothing else uses.',
  })
}

function textOf(value: JsonObject[string]): string {
  return typeof value === 'string' ? value : ''
}

function numberOf(value: JsonObject[string]): number {
  return typeof value === 'number' ? value : 0
}
