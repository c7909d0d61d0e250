/**
 * The only place where names become part of a URL. A path is built from words that are written in
 * this program and from names that are not. Each segment of a name is percent-encoded. Pure.
 */
import { LockstepError } from '../domain/errors.ts'
import { findProblemInPath } from '../domain/name-problems.ts'

declare const brand: unique symbol
/** A path below `/v1/` with its query, as it is sent. Only this file makes one. */
export type RequestPath = string & { readonly [brand]: 'RequestPath' }

/**
 * Template tag: `` requestPath`sys/mounts/${path}/tune` ``. A slash in a name separates segments,
 * as in every API path. Throws a LockstepError for a name with an empty, `.` or `..` segment: the
 * request would reach another path.
 */
export function requestPath(words: TemplateStringsArray, ...names: string[]): RequestPath {
  const plain = String.raw({ raw: words }, ...names)
  // A path that ends in a slash asks for a list, or for the mount's own answer.
  const problem = names.includes('')
    ? 'has an empty name'
    : findProblemInPath(plain.replace(/\/$/, ''))
  if (problem !== undefined) {
    throw new LockstepError({
      code: 'unusable-path',
      message: `no request can be made for ${JSON.stringify(plain)}: the path ${problem}`,
      hint: 'Leave out what has that name; the servers have no way to ask for it.',
    })
  }
  return String.raw({ raw: words }, ...names.map(encodeSegments)) as RequestPath
}

/** Adds a query. The values are encoded. */
export function withQuery(path: RequestPath, query: Readonly<Record<string, string>>): RequestPath {
  const parts = Object.entries(query).map(([name, value]) => `${name}=${encode(value)}`)
  return parts.length === 0 ? path : (`${path}?${parts.join('&')}` as RequestPath)
}

/**
 * The path as servers, policies and people write it: without its query, and with decoded names.
 * Measured on OpenBao 2.7.2: `sys/capabilities-self` and policies take decoded names.
 */
export function plainPath(path: string): string {
  return decodeURIComponent(path.replace(/\?.*$/, ''))
}

/** The path to show: with its query, and with decoded names. */
export function shownPath(path: RequestPath): string {
  return decodeURIComponent(path)
}

function encodeSegments(name: string): string {
  return name.split('/').map(encode).join('/')
}

/** Encodes the apostrophe too: `URL` encodes it in a query. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27')
}
