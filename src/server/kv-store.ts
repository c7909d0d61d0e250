/** Finds out what kind of key-value store a path of a secret is in. */
import type { ServerResponse } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { mountOptionsVersion } from './answers/secret.ts'
import { decodeOrThrow, wordsToJudge } from './faults.ts'
import type { Reader } from './reader.ts'
import { readMountOf } from './requests.ts'

/**
 * `none`: nothing is mounted at the path. `unversioned`: the mount is not a key-value store of
 * version 2. `unknown`: the token may not ask;
 * servers also answer so about a path where nothing is mounted.
 */
export type KvStore = 'versioned' | 'unversioned' | 'none' | 'unknown'

export interface KvQuestion {
  readonly node: NodeAddress
  /** `<mount>/<path>`. */
  readonly kv: string
  /** The 404 of a secret or a list in the store, if there was one. */
  readonly answer?: ServerResponse
}

/** Throws a LockstepError if no answer came, or one of another shape than the documented one. */
export async function findKvStore(
  reader: Pick<Reader, 'ask'>,
  { node, kv, answer }: KvQuestion,
): Promise<KvStore> {
  if (answer !== undefined && isNoMount(answer)) return 'none'
  const request = readMountOf(kv)
  const mount = await reader.ask(node, request)
  if (mount.status !== 200) return 'unknown'
  const version = decodeOrThrow(mountOptionsVersion, { node, request }, mount)
  return version === '2' ? 'versioned' : 'unversioned'
}

/** True of the answer to a request below a path where nothing is mounted. */
export function isNoMount(answer: ServerResponse): boolean {
  return answer.status === 404 && /no handler for route|unsupported path/.test(wordsToJudge(answer))
}
