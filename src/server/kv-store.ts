/** The key-value stores of the cluster's lock and of the shared journal: they need version 2. */
import { LockstepError } from '../domain/errors.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { mountOptionsVersion } from './answers/secret.ts'
import { decodeOrThrow, wordsToJudge } from './faults.ts'
import type { Reader } from './reader.ts'
import { readMountOf } from './requests.ts'

/** The setting of the file that names the path. */
type KvSetting = 'lock' | 'journal'

export interface KvQuestion {
  readonly setting: KvSetting
  readonly node: NodeAddress
  /** `<mount>/<path>`. */
  readonly kv: string
  /** The 404 of a secret or a list in the store, if there was one. */
  readonly answer?: ServerResponse
}

/**
 * Throws a LockstepError if the path is known not to be in a key-value store of version 2, and if no
 * answer came. A token that may not ask is not refused here: servers answer it as if nothing were
 * mounted, and the write reports what is wrong.
 */
export async function requireKvStore(
  reader: Pick<Reader, 'ask'>,
  { setting, node, kv, answer }: KvQuestion,
): Promise<void> {
  if (answer !== undefined && isNoMount(answer)) throw notMounted(setting, kv)
  const request = readMountOf(kv)
  const mount = await reader.ask(node, request)
  if (mount.status !== 200) return
  const version = decodeOrThrow(mountOptionsVersion, { node, request }, mount)
  if (version !== '2') throw notVersioned(setting, kv)
}

/** True of the answer to a request below a path where nothing is mounted. */
export function isNoMount(answer: ServerResponse): boolean {
  return answer.status === 404 && /no handler for route|unsupported path/.test(wordsToJudge(answer))
}

/** Nothing is mounted at the path. */
export function notMounted(setting: KvSetting, kv: string): LockstepError {
  const mount = kv.split('/')[0] ?? ''
  return new LockstepError({
    code: `${setting}-not-mounted`,
    message: `cluster.${setting}.kv names ${kv}, and nothing is mounted at ${mount}/`,
    hint: `Nothing was begun. Make the mount: bao (or vault) secrets enable -version=2 -path=${mount} kv`,
  })
}

/** The path is not in a key-value store of version 2. */
export function notVersioned(setting: KvSetting, kv: string): LockstepError {
  return new LockstepError({
    code: `${setting}-not-kv2`,
    message: `cluster.${setting}.kv names ${kv}, which is not in a KV version 2 mount`,
    hint: 'Nothing was begun: check-and-set needs version 2. Name a path in such a mount, or make one: bao (or vault) secrets enable -version=2 -path=NAME kv',
  })
}
