/**
 * Finds what a `use` means for a mount or connection: the version to tune to and the binary that
 * must run. If no request leads there, says why.
 */
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

/** Why no request leads to a `use`. Each is the name of a rule. */
export type UnreachableUse =
  'unversioned-unreachable' | 'builtin-hidden' | 'builtin-unknown' | 'latest-unavailable'

export interface UseTarget {
  /** The version to configure. `''` leaves the mount without a version. */
  readonly configured: ConfiguredVersion
  /**
   * The version that a reload then starts. For `latest`: the highest version that is registered at
   * the end of the plan.
   */
  readonly version: Version
  readonly sha256: RunningBinary
}

/**
 * The target of an existing mount or connection that is configured for `configured` (`''`: no
 * version).
 */
export function findUseTarget(
  use: Use,
  plugin: DesiredPlugin,
  configured: ConfiguredVersion,
  index: LiveIndex,
): UseTarget | UnreachableUse {
  switch (use.kind) {
    case 'version':
      return targetAt(use.version, listedBinary(plugin, use.version, index))
    case 'latest':
      return findLatestTarget(plugin, index) ?? 'latest-unavailable'
    case 'unversioned':
      // A version, once set, cannot be cleared: servers refuse `""`, which is not a semantic
      // version.
      return configured === UNVERSIONED
        ? targetAt(UNVERSIONED, listedBinary(plugin, UNVERSIONED, index))
        : 'unversioned-unreachable'
    case 'builtin': {
      if (keepsUnversioned(plugin, index)) return 'builtin-hidden'
      if (configured === UNVERSIONED) return targetAt(UNVERSIONED, BUILTIN)
      const version = index.builtinVersion(plugin.id)
      return version === undefined ? 'builtin-unknown' : targetAt(version, BUILTIN)
    }
    default:
      return unreachable(use)
  }
}

/** The target of a mount that the plan makes. It has a version wherever one is possible. */
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
      return targetAt(UNVERSIONED, listedBinary(plugin, UNVERSIONED, index))
    case 'builtin': {
      // Without a version, the new mount would get the highest registered version.
      const registered = index.externals(plugin.id).length > 0 || plugin.versions.length > 0
      const version = registered ? index.builtinVersion(plugin.id) : UNVERSIONED
      return version === undefined ? 'builtin-unknown' : targetAt(version, BUILTIN)
    }
    default:
      return unreachable(use)
  }
}

function targetAt(version: Version, sha256: RunningBinary): UseTarget {
  return { configured: version, version, sha256 }
}

/**
 * The highest version that is registered after the plan. Versions that the file does not list count
 * too: servers start them.
 */
function findLatestTarget(plugin: DesiredPlugin, index: LiveIndex): UseTarget | undefined {
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
 * True if an unversioned entry will be registered after the plan. Such an entry applies to every
 * mount without a version, and hides the builtin, so no mount can be tuned to the builtin's own
 * version.
 */
function keepsUnversioned(plugin: DesiredPlugin, index: LiveIndex): boolean {
  const registered = index.external(plugin.id, UNVERSIONED) !== undefined
  const listed = plugin.versions.some(({ version }) => version === UNVERSIONED)
  const retired = plugin.retire.some(({ version }) => version === UNVERSIONED)
  return (registered || listed) && !retired
}

/**
 * The hash that servers will list for a process of this version. An entry that the servers'
 * configuration declares without a hash is not replaced, and its processes have no hash to compare.
 */
function listedBinary(plugin: DesiredPlugin, version: Version, index: LiveIndex): RunningBinary {
  const live = index.external(plugin.id, version)
  if (live?.declarative === true && live.sha256 === UNKNOWN_HASH) return UNKNOWN_HASH
  return plugin.versions.find((known) => known.version === version)?.sha256 ?? UNKNOWN_HASH
}
