/**
 * Decodes a key-value store's (version 2) answers about the secrets that hold the cluster's lock and
 * the shared journal.
 */
import type { JsonObject } from '../../domain/exchange.ts'
import {
  wholeNumber,
  dataOf,
  type Decoder,
  fields,
  nonEmptyText,
  misfit,
  optional,
  list,
  text,
} from './shape.ts'

/** `GET <kv>/data/<path>`, found. */
export interface SecretAnswer {
  readonly version: number
  /** Milliseconds since 1970. */
  readonly written: number
  /** The content. Any program may have written it. */
  readonly secret: JsonObject
}

export const secret: Decoder<SecretAnswer> = (body, at) => {
  const data = dataOf(body, at)
  const metadata = fields(data['metadata'], 'data.metadata')
  return {
    version: wholeNumber(metadata['version'], 'data.metadata.version'),
    written: time(metadata['created_time'], 'data.metadata.created_time'),
    secret: fields(data['data'], 'data.data'),
  }
}

/**
 * `GET <kv>/data/<path>` if the newest version is deleted or there is none: the version, 0 for
 * none.
 */
export const deletedVersion: Decoder<number> = (body, at) => {
  const answer = fields(body, at)
  if (answer['data'] === undefined) return 0
  const metadata = fields(dataOf(body, at)['metadata'], 'data.metadata')
  return wholeNumber(metadata['version'], 'data.metadata.version')
}

/** `POST <kv>/data/<path>`: the version written. */
export const writtenVersion: Decoder<number> = (body, at) =>
  wholeNumber(dataOf(body, at)['version'], 'data.version')

/** `GET <kv>/metadata/<path>?list=true`: the names; those of folders end in a slash. */
export const secretNames: Decoder<readonly string[]> = (body, at) =>
  list(dataOf(body, at)['keys'], 'data.keys', text)

/** `GET sys/internal/ui/mounts/<path>`: `2` for a key-value store with versions. */
export const mountOptionsVersion: Decoder<string | undefined> = (body, at) => {
  const options = dataOf(body, at)['options']
  if (options === null || options === undefined) return undefined
  return optional(fields(options, 'data.options')['version'], 'data.options.version', nonEmptyText)
}

function time(value: unknown, at: string): number {
  const milliseconds = Date.parse(nonEmptyText(value, at))
  return Number.isNaN(milliseconds) ? misfit(at, 'is not a time') : milliseconds
}

/** True for an answer of a key-value store without versions: it has no metadata. */
export function isUnversionedSecret(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('data' in body)) return false
  const { data } = body
  return typeof data === 'object' && data !== null && !('metadata' in data)
}
