/**
 * One run at a time across machines: a KV version 2 secret written by check-and-set. It holds for
 * a bounded time after its last renewal, by the server's own clock, so that a machine that died
 * does not hold it for ever; and where its holder was a process of this machine, while that lives.
 */
import type { JsonObject } from '../domain/exchange.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { NodeAddress } from '../domain/names.ts'
import { serverTime } from '../server/answers/cluster.ts'
import {
  deletedVersion,
  isUnversionedSecret,
  mountOptionsVersion,
  secret as decodeSecret,
  writtenVersion,
} from '../server/answers/secret.ts'
import { decode } from '../server/answers/shape.ts'
import type { Client } from '../server/client.ts'
import { demand, refusal, wordsToJudge } from '../server/faults.ts'
import { readHealth, readLock, readMountOf, writeLock } from '../server/requests.ts'

/** Milliseconds: how long it holds without a renewal, and how often it is renewed. */
const HOLDS_FOR = 60_000
const RENEW_EVERY = 20_000

/** What the lock's secret says. */
export interface ClusterLockState {
  /** The newest version of the secret; 0 where there is none. */
  readonly version: number
  readonly run: string
  readonly who: string
  readonly since: string
  /** False once released, or not renewed in time, or where its holder is known to be dead. */
  readonly held: boolean
}

/** Who looks at a lock, and what it knows of the processes of its machine. */
export interface LockObserver {
  readonly pid: number
  /** The same for two processes that see each other's numbers; undefined where nothing tells. */
  readonly machine: string | undefined
  readonly isAlive: (pid: number) => boolean
}

export interface ClusterLock {
  /** False once somebody else wrote it, or it could not be renewed in time: the run must stop. */
  readonly isOurs: () => boolean
  /** Finds out whether somebody else wrote it since it was renewed last. */
  readonly look: () => Promise<void>
  readonly release: () => Promise<void>
}

export interface ClusterLockOptions {
  readonly client: Client
  /** The node to ask, found anew each time: the active one may change while the lock is held. */
  readonly node: () => Promise<NodeAddress>
  /** `<mount>/<path>`. */
  readonly kv: string
  readonly run: string
  readonly who: string
  readonly since: string
  readonly watcher: LockObserver
  /** The command that shows it, for the hint of who is locked out. */
  readonly show: string
  /** Calls back every so many milliseconds until the returned function is called. */
  readonly every: (milliseconds: number, callback: () => void) => () => void
  /** A clock for durations only, in milliseconds. */
  readonly clock: () => number
}

/** Who writes the lock, and where. */
type LockWriter = Pick<ClusterLockOptions, 'client' | 'kv' | 'run' | 'who' | 'since' | 'watcher'> &
  AskedNode
interface AskedNode {
  readonly node: NodeAddress
}

/** Throws a LockstepError: exit 7 where it is held, else what the server refused. */
export async function takeClusterLock(options: ClusterLockOptions): Promise<ClusterLock> {
  const at = async (): Promise<LockWriter> => ({ ...options, node: await options.node() })
  const claim = await at()
  const found = await readClusterLock(claim)
  if (found.held) throw locked(options, found)
  let version = await write(claim, found.version, { released: false })
  if (version === undefined) throw locked(options, await readClusterLock(claim))
  let renewed = options.clock()
  let renewing: Promise<void> = Promise.resolve()
  let lost = false
  const stop = options.every(RENEW_EVERY, () => {
    renewing = renewing.then(async () => {
      const began = options.clock()
      try {
        const next =
          version === undefined ? undefined : await write(await at(), version, { released: false })
        if (next === undefined) lost = true
        else [version, renewed] = [next, began]
      } catch {
        // Tried again next time; what counts is that one succeeds before it runs out.
      }
    })
  })
  return {
    isOurs: () => !lost && options.clock() - renewed < HOLDS_FOR,
    look: async () => {
      // Not while it is being renewed: that changes what is ours.
      renewing = renewing.then(async () => {
        try {
          const now = await readClusterLock(await at())
          if (now.run !== options.run || now.version !== version) lost = true
        } catch {
          // Nothing was seen: it counts as long as it was renewed for.
        }
      })
      await renewing
    },
    release: async () => {
      stop()
      await renewing
      if (version === undefined || lost) return
      try {
        await write(await at(), version, { released: true })
      } catch {
        // It ends by itself; the run's own end is what the user must hear of.
      }
    },
  }
}

/** What the secret says now, and whether that still holds by the server's clock. */
export async function readClusterLock(
  options: Pick<ClusterLockOptions, 'client' | 'kv' | 'watcher'> & AskedNode,
): Promise<ClusterLockState> {
  const { client, node, kv, watcher } = options
  const request = readLock(kv)
  const [answer, clock] = await Promise.all([
    client.ask(node, request),
    client.ask(node, readHealth()),
  ])
  // Nothing written yet, or its newest version deleted: the metadata then still has its number.
  if (answer.status === 404) {
    if (/no handler for route|unsupported path/.test(wordsToJudge(answer))) throw notMounted(kv)
    const mount = await client.ask(node, readMountOf(kv))
    // Only a token without rights there cannot ask: the write tells then.
    if (mount.status === 200) {
      const asked = { node, request: readMountOf(kv) }
      if (demand(mountOptionsVersion, asked, mount) !== '2') throw notVersioned(kv)
    }
    const version = demand(deletedVersion, { node, request }, answer)
    return { version, run: '', who: '', since: '', held: false }
  }
  if (answer.status !== 200) throw refusal(node, request, answer)
  if (isUnversionedSecret(answer.body)) throw notVersioned(kv)
  const { version, written, secret } = demand(decodeSecret, { node, request }, answer)
  if (!isLock(secret)) throw notALock(kv)
  const now = demand(serverTime, { node, request: readHealth() }, clock)
  return {
    version,
    run: textOf(secret['run']),
    who: textOf(secret['who']),
    since: textOf(secret['since']),
    // The server's time has whole seconds: one more, so that it is never thought over too early.
    held:
      secret['released'] !== true &&
      now * 1000 - written < HOLDS_FOR + 1000 &&
      !isDead({ machine: secret['machine'], pid: numberOf(secret['pid']) }, watcher),
  }
}

/**
 * Whoever wrote the file of desired state, or the plan file, chose the path: an application's secret
 * there must not be overwritten.
 */
function isLock(secret: JsonObject): boolean {
  return Object.keys(secret).length === 0 || ('run' in secret && 'released' in secret)
}

/** One with our own number is of somebody who had it before us. */
function isDead(
  holder: { readonly machine: JsonObject[string]; readonly pid: number },
  { machine, pid, isAlive }: LockObserver,
): boolean {
  if (machine === undefined || holder.machine !== machine) return false
  return holder.pid === pid || !isAlive(holder.pid)
}

/**
 * Marks it released, whoever held it: for a person who knows that the holder is gone. False where
 * it was written since that person looked (`version`), and nothing was done.
 */
export async function forceRelease(claim: LockWriter, version: number): Promise<boolean> {
  return (await write(claim, version, { released: true })) !== undefined
}

/** The version written; undefined where somebody else was first. */
async function write(
  { client, node, kv, run, who, since, watcher }: LockWriter,
  version: number,
  state: { readonly released: boolean },
): Promise<number | undefined> {
  const { pid, machine } = watcher
  const holder = { run, who, since, pid, ...(machine !== undefined && { machine }) }
  const request = writeLock(kv, version, { ...holder, ...state })
  const outcome = await client.write(node, request)
  // It may have been written: the next look tells.
  const confirmHeld = async (): Promise<number | undefined> => {
    const found = await readClusterLock({ client, node, kv, watcher })
    return found.run === run && found.version > version ? found.version : undefined
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
  if (response.status === 204) throw notVersioned(kv)
  throw refusal(node, request, response)
}

function locked(
  { kv, show }: Pick<ClusterLockOptions, 'kv' | 'show'>,
  { who, since, run }: ClusterLockState,
): LockstepError {
  return new LockstepError({
    code: 'locked',
    message: `the cluster is locked by ${who}, since ${since} (run ${run}, in ${kv})`,
    exitCode: EXIT.locked,
    hint: `Wait for that run to end. If its machine is gone: the lock ends by itself within a minute. See it with: ${show}`,
  })
}

function notVersioned(kv: string): LockstepError {
  return new LockstepError({
    code: 'lock-not-kv2',
    message: `cluster.lock.kv names ${kv}, which is not in a KV version 2 mount`,
    hint: `Check-and-set needs version 2. Name a path in such a mount, or make one: bao (or vault) secrets enable -version=2 -path=NAME kv`,
  })
}

function notALock(kv: string): LockstepError {
  return new LockstepError({
    code: 'not-a-lock',
    message: `cluster.lock.kv names ${kv}, and the secret there is not a lock of this program`,
    hint: 'Nothing was written. Name a path in cluster.lock.kv that nothing else uses.',
  })
}

function notMounted(kv: string): LockstepError {
  const mount = kv.split('/')[0] ?? ''
  return new LockstepError({
    code: 'lock-not-mounted',
    message: `cluster.lock.kv names ${kv}, and nothing is mounted at ${mount}/`,
    hint: `Nothing was begun. Make the mount: bao (or vault) secrets enable -version=2 -path=${mount} kv`,
  })
}

function textOf(value: JsonObject[string]): string {
  return typeof value === 'string' ? value : ''
}

function numberOf(value: JsonObject[string]): number {
  return typeof value === 'number' ? value : 0
}
