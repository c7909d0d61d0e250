/** What every difference is found from: both states, what they were indexed by, and the way out. */
import type { Difference } from '../documents/drift.generated.ts'
import type { DesiredPlugin, DesiredVersion, Source } from '../domain/desired.ts'
import { formatSource } from '../domain/errors.ts'
import type { LiveNode, LiveState } from '../domain/live.ts'
import type { PluginId, Version } from '../domain/names.ts'
import { type LiveIndex, startsUnder } from '../domain/live-index.ts'
import type { Past } from '../plan/past.ts'

export interface Comparison {
  readonly live: LiveState
  readonly index: LiveIndex
  /** Whose own view of their mounts was to be read. */
  readonly serving: readonly LiveNode[]
  /** What earlier runs from this machine know and no server says. */
  readonly past: Past
  /** The command that brings about what can be, in backquotes. */
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

/** A version that the file lists and means to keep: what is wrong with it is said of its entry. */
export function keptVersion(plugin: DesiredPlugin, version: Version): DesiredVersion | undefined {
  if (plugin.retire.some((retired) => retired.version === version)) return undefined
  return plugin.versions.find((listed) => listed.version === version)
}

/** How many mounts and connections are configured for an entry. */
export function countUsers(plugin: PluginId, version: Version, index: LiveIndex): number {
  const mounts = index
    .mountsOf(plugin)
    .filter((mount) => startsUnder(index, plugin, mount.configured_version) === version)
  const connections = index.connectionsOf(plugin).filter((one) => one.version === version)
  return mounts.length + connections.length
}

/** Where it is asked for, as a part of a difference. */
export function writtenAt(source: Source | undefined): Pick<Difference, 'at'> {
  return source === undefined ? {} : { at: formatSource(source) }
}

/** How a version comes about: with a pin in force, tuning and repointing are refused (Vault). */
export function describeVersionFix(plugin: PluginId, { index, apply }: Comparison): string {
  return index.pinOf(plugin) !== undefined
    ? `remove the pin (DELETE sys/plugins/pins/${plugin}), then ${apply}`
    : apply
}
