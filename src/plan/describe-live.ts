/**
 * Describes the live state as a document of desired state: external plugins, their versions, and
 * the mounts and connections that differ from what most of their plugin's mounts run. A plan for
 * this document has no steps.
 */
import type { DesiredStateDocument } from '../documents/desired-state.generated.ts'
import { builtinPlugins } from '../domain/builtin-plugins.ts'
import type { LiveState } from '../domain/live.ts'
import { upgradablePlugins } from '../domain/upgradable.ts'
import {
  type ConfiguredVersion,
  HASH_NOT_REPORTED,
  isBuiltinVersion,
  LATEST,
  type PluginId,
  UNKNOWN_HASH,
  UNVERSIONED,
  type Version,
  versionLabel,
} from '../domain/names.ts'
import { indexLive, type LiveIndex } from '../domain/live-index.ts'
import { contentOf } from './steps.ts'

export interface LiveDescription {
  readonly document: DesiredStateDocument
  /** What the document does not contain, one sentence each. */
  readonly notes: readonly string[]
}

/**
 * The document of a live state, sorted as the live state is. `notes` names what a file cannot
 * express.
 */
export function describeLive(live: LiveState): LiveDescription {
  const index = indexLive(live)
  const notes: string[] = []
  const plugins: NonNullable<DesiredStateDocument['plugins']> = {}
  const mounts: NonNullable<DesiredStateDocument['mounts']> = {}
  const connections: NonNullable<DesiredStateDocument['connections']> = {}
  const external = live.catalog.filter(({ builtin }) => !builtin)
  // An unversioned entry hides the builtin of its name in the catalog, and an unreadable entry may
  // be unversioned. So the builtins of the product are known from a list.
  const builtins = new Set(
    builtinPlugins(live.product, live.server_version).map(({ plugin }) => plugin),
  )
  for (const plugin of new Set(external.map((entry) => entry.plugin))) {
    const versions = describeVersions(plugin, index, notes)
    const pin = index.pinOf(plugin)
    const configured = [
      ...index.mountsOf(plugin).map(({ path, configured_version: version }) => ({ path, version })),
      ...index.connectionsOf(plugin),
    ]
    const uses = configured.map(({ path, version }) => ({
      path,
      // A pin overrides the configured version, and while the pin is in force no plan can reach
      // that version.
      use: useOf(plugin, pin ?? version, index),
    }))
    const unpinned = pin === undefined ? [] : configured.filter(({ version }) => version !== pin)
    for (const { path, version } of unpinned) {
      const label = versionLabel(version)
      notes.push(`${path} is configured for ${plugin} ${label}, which is pinned to ${String(pin)}.`)
    }
    const isExpressible = (use: string): boolean =>
      use === 'builtin' || use in versions || (use === LATEST && Object.keys(versions).length > 0)
    const known = uses.filter(({ use }) => isExpressible(use))
    const common = mostCommon(known.map(({ use }) => use))
    plugins[plugin] = {
      ...(common !== undefined && { use: common }),
      ...((index.isBuiltin(plugin) || builtins.has(plugin)) && { overrides: 'builtin' as const }),
      versions,
    }
    for (const { path, use } of uses) {
      if (!isExpressible(use)) {
        const registered = index.external(
          plugin,
          use === 'unversioned'
            ? UNVERSIONED
            : use === LATEST
              ? (index.latestOf(plugin) ?? UNVERSIONED)
              : (use as Version),
        )
        const reason =
          registered === undefined
            ? 'which is not registered'
            : registered.sha256 === UNKNOWN_HASH
              ? `which is registered: ${HASH_NOT_REPORTED}`
              : 'which is registered and could not be read'
        notes.push(`${path} is configured for ${plugin} ${use}, ${reason}.`)
      } else if (use !== common) {
        const section = plugin.startsWith('database/') ? connections : mounts
        section[path] = { plugin, use }
      }
    }
  }
  const isUpgradable = upgradablePlugins(live.catalog)
  const running = [
    ...live.mounts.map(({ path, plugin }) => ({ what: 'mount', path, plugin })),
    ...live.connections.map(({ path, plugin }) => ({ what: 'connection', path, plugin })),
  ]
  for (const { what, path, plugin } of running) {
    if (!isUpgradable(plugin) || index.externals(plugin).length > 0) continue
    notes.push(
      `${path} is a ${what} of ${plugin}, of which nothing is registered: it is lost at its next restart, if it is not already. Register the version it ran.`,
    )
  }
  for (const { what, path, node, reason } of live.unreadable) {
    // `describeVersions` has the note for these.
    if (what === 'catalog-entry') continue
    if (what === 'catalog-name') {
      notes.push(`${path} is ${reason}: a file cannot name the entry.`)
      continue
    }
    const where = node === undefined ? path : `${path} on ${node}`
    notes.push(`${where} could not be read (${reason}): what is there is not in this file.`)
  }
  const { name } = live.cluster
  return {
    document: {
      version: 1,
      ...(name !== '' && { cluster: { name } }),
      plugins,
      ...(Object.keys(mounts).length > 0 && { mounts }),
      ...(Object.keys(connections).length > 0 && { connections }),
    },
    notes,
  }
}

function describeVersions(plugin: PluginId, index: LiveIndex, notes: string[]) {
  return Object.fromEntries(
    index.externals(plugin).flatMap((entry) => {
      const content = contentOf(entry)
      const label = entry.version === UNVERSIONED ? 'unversioned' : entry.version
      if (content === undefined) {
        notes.push(`The entry ${plugin} ${label} could not be read and is left out.`)
        return []
      }
      const { command, sha256, args } = content
      if (sha256 === UNKNOWN_HASH) {
        notes.push(
          `The entry ${plugin} ${label} (command ${command}) is left out: ${HASH_NOT_REPORTED}. It is declared in the configuration of the servers. To manage its mounts, add its \`sha256sum\` there, or write it here under \`versions\` with the sha256 of its file.`,
        )
        return []
      }
      return [[label, { command, sha256, ...(args.length > 0 && { args }) }]]
    }),
  )
}

function useOf(plugin: PluginId, version: ConfiguredVersion, index: LiveIndex): string {
  if (version === LATEST) return LATEST
  if (isBuiltinVersion(version)) return 'builtin'
  if (version !== UNVERSIONED) return version
  const overridden = index.external(plugin, UNVERSIONED) !== undefined
  return overridden || !index.isBuiltin(plugin) ? 'unversioned' : 'builtin'
}

/** The most frequent item; of equally frequent items, the first. */
function mostCommon(items: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
