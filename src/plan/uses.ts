/**
 * Finds the uses of a catalog entry: mounts and connections that are configured for it, processes
 * that run it on any node, and its pin. Anything that could not be read counts as a use.
 */
import { latestOf as latestOfVersions } from '../domain/latest.ts'
import type { LiveState, MountOnNode } from '../domain/live.ts'
import { startsUnder } from '../domain/live-index.ts'
import {
  BUILTIN,
  LATEST,
  type MountPath,
  type NodeAddress,
  type PluginId,
  type RunningBinary,
  UNKNOWN_HASH,
  UNVERSIONED,
  type Version,
} from '../domain/names.ts'

export interface VersionUse {
  readonly kind: 'mount' | 'process' | 'connection' | 'pin' | 'unreadable'
  readonly description: string
  readonly mount?: MountPath
  readonly node?: NodeAddress
  /** The path that could not be read. */
  readonly path?: string
}

export interface UsedEntry {
  readonly plugin: PluginId
  readonly version: Version
  readonly sha256: RunningBinary
}

/**
 * Servers copy the running version of a process from the configuration. Only the hash shows which
 * binary runs.
 */
function mayRun(
  { running_sha256, running_version, answers }: MountOnNode,
  { sha256, version }: UsedEntry,
): boolean {
  if (running_version !== version || running_sha256 === BUILTIN) return false
  // A mount whose plugin did not start also has no hash, and runs nothing.
  if (running_sha256 === UNKNOWN_HASH) return answers !== 'no'
  return sha256 === UNKNOWN_HASH || running_sha256 === sha256
}

function latestVersionOf({ catalog }: LiveState, plugin: PluginId): Version | undefined {
  const entries = catalog.filter((entry) => entry.plugin === plugin && !entry.builtin)
  return latestOfVersions(entries.map(({ version }) => version))
}

/**
 * All uses of an entry, in a fixed order: mounts by path with their nodes, connections, pins, then
 * everything that could not be read.
 */
export function findUses(live: LiveState, entry: UsedEntry): readonly VersionUse[] {
  const { plugin, version } = entry
  const uses: VersionUse[] = []
  // Computed once, and only if a mount is configured for `latest`.
  let latest: { readonly version: Version | undefined } | undefined
  const latestOf = (): Version | undefined => {
    latest ??= { version: latestVersionOf(live, plugin) }
    return latest.version
  }
  for (const mount of live.mounts) {
    if (mount.plugin !== plugin) continue
    if (startsUnder({ latestOf }, plugin, mount.configured_version) === version) {
      const description =
        mount.configured_version === LATEST
          ? `${mount.path} is configured for latest and starts it`
          : version === UNVERSIONED
            ? `${mount.path} has no version and takes the unversioned entry`
            : `${mount.path} is configured for it`
      uses.push({ kind: 'mount', description, mount: mount.path })
      continue
    }
    for (const view of mount.nodes) {
      if (mayRun(view, entry)) {
        const description = `${mount.path} still runs it on ${view.node}`
        uses.push({ kind: 'process', description, mount: mount.path, node: view.node })
      }
    }
  }
  for (const connection of live.connections) {
    if (connection.plugin === plugin && connection.version === version) {
      uses.push({ kind: 'connection', description: `connection ${connection.path} uses it` })
    }
  }
  for (const pin of live.pins) {
    if (pin.plugin === plugin && pin.version === version) {
      uses.push({ kind: 'pin', description: 'it is pinned' })
    }
  }
  for (const { what, path, reason, node } of live.unreadable) {
    if (what === 'catalog-entry' || what === 'catalog-name') continue
    if (what === 'connections' && !plugin.startsWith('database/')) continue
    const where = node === undefined ? path : `${path} on ${node}`
    uses.push({ kind: 'unreadable', description: `${where} could not be read (${reason})`, path })
  }
  for (const node of live.nodes) {
    // A standby that forwards runs no plugins.
    if (node.state === 'serving' || node.state === 'forwarding') continue
    const description = `${node.address} could not be asked (${node.detail ?? node.state})`
    uses.push({ kind: 'unreadable', description, node: node.address })
  }
  return uses
}
