/** What a `use` comes to: the version to tune to and the binary to run, where the servers have a way. */
import type { DesiredPlugin, Use } from '../domain/desired.ts'
import { unreachable } from '../domain/errors.ts'
import type { LiveIndex } from '../domain/live-index.ts'
import { highestVersion } from '../domain/latest.ts'
import {
  BUILTIN,
  type ConfiguredVersion,
  LATEST,
  type RunningBinary,
  UNKNOWN_HASH,
  UNVERSIONED,
  type Version,
} from '../domain/names.ts'

/** Why the servers have no way to a `use`. Each is a rule's name. */
export type UnreachableUse =
  'unversioned-unreachable' | 'builtin-hidden' | 'builtin-unknown' | 'latest-unavailable'

export interface UseTarget {
  /** What the mount is to be configured for; `''` leaves it without a version. */
  readonly configured: ConfiguredVersion
  /** What is started then: with `latest`, the highest version that is registered by then. */
  readonly version: Version
  readonly sha256: RunningBinary
}

/** The end of a mount or connection that is there, and `configured` for a version or for none. */
export function findUseTarget(
  use: Use,
  plugin: DesiredPlugin,
  configured: ConfiguredVersion,
  index: LiveIndex,
): UseTarget | UnreachableUse {
  switch (use.kind) {
    case 'version':
      return endAt(use.version, listedBinary(plugin, use.version, index))
    case 'latest':
      return latestEnd(plugin, index) ?? 'latest-unavailable'
    case 'unversioned':
      // A version, once set, cannot be cleared: `""` is refused as no semantic version.
      return configured === UNVERSIONED
        ? endAt(UNVERSIONED, listedBinary(plugin, UNVERSIONED, index))
        : 'unversioned-unreachable'
    case 'builtin': {
      if (isUnretired(plugin, index)) return 'builtin-hidden'
      if (configured === UNVERSIONED) return endAt(UNVERSIONED, BUILTIN)
      const version = index.builtinVersion(plugin.id)
      return version === undefined ? 'builtin-unknown' : endAt(version, BUILTIN)
    }
    default:
      return unreachable(use)
  }
}

/**
 * The end of a mount that is not there yet, always with its version where there is one to say.
 */
export function findNewMountTarget(
  use: Use,
  plugin: DesiredPlugin,
  index: LiveIndex,
): UseTarget | UnreachableUse {
  switch (use.kind) {
    case 'version':
    case 'latest':
      return findUseTarget(use, plugin, UNVERSIONED, index)
    case 'unversioned':
      return endAt(UNVERSIONED, listedBinary(plugin, UNVERSIONED, index))
    case 'builtin': {
      // Without a version it would take the highest registered one.
      const registered = index.externals(plugin.id).length > 0 || plugin.versions.length > 0
      const version = registered ? index.builtinVersion(plugin.id) : UNVERSIONED
      return version === undefined ? 'builtin-unknown' : endAt(version, BUILTIN)
    }
    default:
      return unreachable(use)
  }
}

function endAt(version: Version, sha256: RunningBinary): UseTarget {
  return { configured: version, version, sha256 }
}

/**
 * The highest of what is registered once the plan is done. What the file does not list counts too:
 * the servers start it.
 */
function latestEnd(plugin: DesiredPlugin, index: LiveIndex): UseTarget | undefined {
  if (!index.hasLatest) return undefined
  const retired = new Set(plugin.retire.map(({ version }) => version))
  const version = highestVersion([
    ...[...index.externals(plugin.id), ...plugin.versions]
      .map((one) => one.version)
      .filter((one) => !retired.has(one)),
  ])
  if (version === undefined) return undefined
  const isListed = plugin.versions.some((listed) => listed.version === version)
  const registered = index.external(plugin.id, version)?.sha256 ?? UNKNOWN_HASH
  const sha256 = isListed ? listedBinary(plugin, version, index) : registered
  return { configured: LATEST, version, sha256 }
}

/**
 * An unversioned entry that the file does not retire keeps every mount without a version, and the
 * builtin's own version cannot be tuned to beside it: one that the file lists would stand too.
 */
function isUnretired(plugin: DesiredPlugin, index: LiveIndex): boolean {
  const stands = index.external(plugin.id, UNVERSIONED) !== undefined
  const listed = plugin.versions.some(({ version }) => version === UNVERSIONED)
  const retired = plugin.retire.some(({ version }) => version === UNVERSIONED)
  return (stands || listed) && !retired
}

/**
 * What the servers list for a process of this version. An entry that is declared in their
 * configuration without a hash stays as it is, and no process of it has a hash to compare.
 */
function listedBinary(plugin: DesiredPlugin, version: Version, index: LiveIndex): RunningBinary {
  const live = index.external(plugin.id, version)
  if (live?.declarative === true && live.sha256 === UNKNOWN_HASH) return UNKNOWN_HASH
  return plugin.versions.find((known) => known.version === version)?.sha256 ?? UNKNOWN_HASH
}
