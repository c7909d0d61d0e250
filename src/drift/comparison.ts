/** What every difference is found from: both states, what they were indexed by, and the way out. */
import type { Difference } from '../documents/drift.generated.ts'
import type { DesiredPlugin, DesiredState, DesiredVersion, Source } from '../domain/desired.ts'
import { formatSource } from '../domain/errors.ts'
import type { LiveMount, LiveNode, LiveState } from '../domain/live.ts'
import { NO_SHA256, type PluginId, type Sha256, type Version } from '../domain/names.ts'
import { type LiveIndex, runsUnder } from '../domain/live-index.ts'
import { isOverridable } from '../domain/overridable.ts'
import { applyCommand } from './wording.ts'

export interface Comparison {
  readonly live: LiveState
  readonly index: LiveIndex
  readonly pins: ReadonlyMap<PluginId, Version>
  /** Whose own view of their mounts was to be read. */
  readonly serving: readonly LiveNode[]
  /** The command that brings about what can be, in backquotes. */
  readonly apply: string
}

export function compareStates(
  desired: DesiredState,
  live: LiveState,
  index: LiveIndex,
): Comparison {
  return {
    live,
    index,
    pins: new Map(live.pins.map((pin) => [pin.plugin, pin.version])),
    serving: live.nodes.filter(({ state }) => state === 'serving'),
    apply: applyCommand(desired),
  }
}

/** What a reload would start now; undefined where it would find nothing registered. */
export function dueSha256(mount: LiveMount, { index, pins }: Comparison): Sha256 | undefined {
  // The servers run the compiled-in plugin whatever these are configured for, and say success.
  if (!isOverridable(mount.plugin)) return NO_SHA256
  // A pin goes before the mount's own version (Vault).
  return runsUnder(index, mount.plugin, pins.get(mount.plugin) ?? mount.configured_version)
}

/** A version that the file lists and means to keep: what is wrong with it is said of its entry. */
export function keptVersion(plugin: DesiredPlugin, version: Version): DesiredVersion | undefined {
  if (plugin.retire.some((retired) => retired.version === version)) return undefined
  return plugin.versions.find((listed) => listed.version === version)
}

/** How many mounts and connections are configured for an entry. */
export function countUsers(plugin: PluginId, version: Version, index: LiveIndex): number {
  const mounts = index.mountsOf(plugin).filter((mount) => mount.configured_version === version)
  const connections = index.connectionsOf(plugin).filter((one) => one.version === version)
  return mounts.length + connections.length
}

/** Where it is asked for, as a part of a difference. */
export function writtenAt(source: Source | undefined): Pick<Difference, 'at'> {
  return source === undefined ? {} : { at: formatSource(source) }
}

/** How a version comes about: with a pin in force, tuning and repointing are refused (Vault). */
export function mendVersion(plugin: PluginId, { pins, apply }: Comparison): string {
  return pins.has(plugin)
    ? `remove the pin (DELETE sys/plugins/pins/${plugin}), then ${apply}`
    : apply
}
