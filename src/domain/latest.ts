/**
 * What `latest` comes to. Measured on OpenBao 2.7.2: the highest registered version, pre-releases
 * included; build metadata does not count, and of versions that differ in nothing else the first
 * one in the catalog's order runs. Without any version the unversioned entry runs.
 */
import compare from 'semver/functions/compare.js'
import parse from 'semver/functions/parse.js'
import type { LiveState } from './live.ts'
import { compareText, UNVERSIONED, type Version } from './names.ts'

/** Undefined where nothing is registered. */
export function latestOf(registered: readonly Version[]): Version | undefined {
  return highestVersion(registered) ?? registered.find((version) => version === UNVERSIONED)
}

/** Undefined where none of them is a version. */
export function highestVersion(versions: readonly Version[]): Version | undefined {
  return [...versions]
    .filter((version) => parse(version) !== null)
    .sort(compareText)
    .reduce<Version | undefined>(
      (highest, one) => (highest === undefined || compare(one, highest) > 0 ? one : highest),
      undefined,
    )
}

/** OpenBao 2.7 and later; Vault refuses the word as no semantic version. */
export function hasLatest({
  product,
  server_version,
}: Pick<LiveState, 'product' | 'server_version'>): boolean {
  const version = parse(server_version)
  return product === 'openbao' && (version === null || version.major > 2 || version.minor >= 7)
}
