/**
 * Finds the version that `latest` means. Measured on OpenBao 2.7.2: `latest` is the highest
 * registered version, pre-releases included. Build metadata does not count: of versions that differ
 * only in that, the first in the order of the catalog runs. Without any version, the unversioned
 * entry runs.
 */
import compare from 'semver/functions/compare.js'
import parse from 'semver/functions/parse.js'
import type { LiveState } from './live.ts'
import { compareText, UNVERSIONED, type Version } from './names.ts'

/** Undefined if nothing is registered. */
export function latestOf(registered: readonly Version[]): Version | undefined {
  return highestVersion(registered) ?? registered.find((version) => version === UNVERSIONED)
}

/** Undefined if none of them is a semantic version. */
export function highestVersion(versions: readonly Version[]): Version | undefined {
  return [...versions]
    .filter((version) => parse(version) !== null)
    .sort(compareText)
    .reduce<Version | undefined>(
      (highest, version) =>
        highest === undefined || compare(version, highest) > 0 ? version : highest,
      undefined,
    )
}

/**
 * True if servers accept `latest`: OpenBao 2.7 and later. Vault refuses it, as it is not a semantic
 * version.
 */
export function hasLatest({
  product,
  server_version,
}: Pick<LiveState, 'product' | 'server_version'>): boolean {
  const version = parse(server_version)
  return product === 'openbao' && (version === null || version.major > 2 || version.minor >= 7)
}
