/**
 * The inputs of every comparison: both states, their index, the journals, and the command that
 * fixes a difference.
 */
import type { FoundDifference } from './found-difference.ts'
import type { DesiredPlugin, DesiredVersion, Source } from '../domain/desired.ts'
import { formatSource } from '../domain/errors.ts'
import type { LiveNode, LiveState } from '../domain/live.ts'
import type { PluginId, Version } from '../domain/names.ts'
import { type LiveIndex, startsUnder } from '../domain/live-index.ts'
import type { Past } from '../plan/past.ts'

export interface Comparison {
  readonly live: LiveState
  readonly index: LiveIndex
  /** The nodes whose own view of their mounts is read. */
  readonly serving: readonly LiveNode[]
  /** What only the journals of this machine say: no server reports it. */
  readonly past: Past
  /** The command that applies the file, in backquotes. */
  readonly apply: string
}

/** `apply`: the command, for a shell. */
export function compareStates(
  live: LiveState,
  index: LiveIndex,
  { apply, past }: { readonly apply: string; readonly past: Past },
): Comparison {
  return {
    live,
    index,
    past,
    serving: live.nodes.filter(({ state }) => state === 'serving'),
    apply: `\`${apply}\``,
  }
}

/** A version that the file lists and does not retire. Its differences are reported for its entry. */
export function keptVersion(plugin: DesiredPlugin, version: Version): DesiredVersion | undefined {
  if (plugin.retire.some((retired) => retired.version === version)) return undefined
  return plugin.versions.find((listed) => listed.version === version)
}

/** How many mounts and connections are configured for an entry. */
export function countUsers(plugin: PluginId, version: Version, index: LiveIndex): number {
  const mounts = index
    .mountsOf(plugin)
    .filter((mount) => startsUnder(index, plugin, mount.configured_version) === version)
  const connections = index
    .connectionsOf(plugin)
    .filter((connection) => connection.version === version)
  return mounts.length + connections.length
}

/** The place in the file, as a field of a difference. */
export function writtenAt(source: Source | undefined): Pick<FoundDifference, 'at'> {
  return source === undefined ? {} : { at: formatSource(source) }
}

/** How to get to the desired version. Vault refuses tuning and repointing while a pin is set. */
export function describeVersionFix(plugin: PluginId, { index, apply }: Comparison): string {
  return index.pinOf(plugin) !== undefined
    ? `remove the pin (DELETE sys/plugins/pins/${plugin}), then ${apply}`
    : apply
}
