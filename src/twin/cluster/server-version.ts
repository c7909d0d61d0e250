/** Parses versions as the servers do: `1.2` is `v1.2.0`, and `""` is no version. */
import compareBuild from 'semver/functions/compare-build.js'
import type { ServerResponse } from '../../domain/exchange.ts'
import type { Product } from '../../domain/live.ts'
import type { Version } from '../../domain/names.ts'
import { refuse } from './answers.ts'
import { BEHAVIOUR } from './behaviour.ts'

const FORM = /^v?(\d+(?:\.\d+)*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/

/** The version of a request, normalised; or the server's refusal. */
export function readServerVersion(
  product: Product,
  value: unknown,
): { readonly version: Version } | { readonly refusal: ServerResponse } {
  const text = String(value)
  const version = normaliseVersion(text)
  if (version !== undefined) return { version }
  const { malformedVersion } = BEHAVIOUR[product]
  const words = `version "${text}" is not a valid semantic version: ${malformedVersion}: ${text}`
  return { refusal: refuse(400, words) }
}

/** Undefined if the text is no semantic version. */
export function normaliseVersion(text: string): Version | undefined {
  const match = FORM.exec(text)
  if (match === null) return undefined
  const numbers = (match[1] ?? '').split('.').map(Number)
  while (numbers.length < 3) numbers.push(0)
  return `v${numbers.join('.')}${match[2] ?? ''}${match[3] ?? ''}` as Version
}

/** Negative if `a` is lower than `b`. */
export function compareVersions(a: Version, b: Version): number {
  return compareBuild(a, b, { loose: true })
}
