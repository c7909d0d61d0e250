/**
 * Makes a twin of a cluster that was read. What could not be read is assumed to be right: every
 * registered file is on every node as it was registered, except those that a node said it lacks.
 */
import type {
  CatalogEntry,
  LiveMount,
  LiveNode,
  LiveState,
  MountOnNode,
} from '../../domain/live.ts'
import { BUILTIN, isHash, UNVERSIONED } from '../../domain/names.ts'
import { type BuiltinPlugin, builtinPlugins } from '../../domain/builtin-plugins.ts'
import type {
  ExternalPlugin,
  MountSeed,
  NodeSeed,
  SeedNodeState,
  PluginFile,
  RunningSeed,
} from '../cluster/seeds.ts'
import { createTwin, type Twin } from '../cluster/twin.ts'

export function twinFromLive(live: LiveState): Twin {
  const catalog = live.catalog.flatMap(externalPlugin)
  const files = registeredFiles(catalog)
  return createTwin({
    product: live.product,
    ...(live.nodes.some(isForwarding) && { standbys_serve: false }),
    server_version: live.server_version,
    cluster: live.cluster,
    nodes: live.nodes.map((node) => nodeSeed(node, filesOn(node, files, live))),
    builtins: builtinsOf(live),
    catalog,
    pins: live.pins,
    namespaces: live.namespaces,
    mounts: live.mounts.map(mountSeed),
    connections: live.connections,
  })
}

/** A standby that is configured to forward runs no plugins until it leads. */
function isForwarding({ role, state }: LiveNode): boolean {
  return role !== 'active' && state === 'forwarding'
}

function externalPlugin(entry: LiveState['catalog'][number]): ExternalPlugin[] {
  if (entry.builtin) return []
  const { plugin, version, sha256, args = [], declarative = false } = entry
  return [{ plugin, version, command: commandOf(entry), sha256, args, declarative }]
}

/** A list does not give the command: a name that no other entry has is used instead. */
function commandOf({ plugin, version, command }: CatalogEntry): string {
  return command ?? `${plugin}@${version}`
}

/** If entries name different hashes for one command, the file exists and its content is unknown. */
function registeredFiles(catalog: readonly ExternalPlugin[]): Record<string, PluginFile> {
  const files: Record<string, PluginFile> = {}
  for (const { command, sha256 } of catalog) {
    const isSame = files[command] === undefined || files[command].sha256 === sha256
    files[command] = isSame && isHash(sha256) ? { sha256 } : {}
  }
  return files
}

/** Returns the files without those that the node lacks, because it cannot read their entries. */
function filesOn(
  { address }: LiveNode,
  files: Readonly<Record<string, PluginFile>>,
  { catalog }: LiveState,
): Readonly<Record<string, PluginFile>> {
  const absent = new Set(
    catalog
      .filter(({ unreadable_on = [] }) => unreadable_on.some(({ node }) => node === address))
      .map(commandOf),
  )
  if (absent.size === 0) return files
  return Object.fromEntries(Object.entries(files).filter(([command]) => !absent.has(command)))
}

/** A builtin that an unversioned entry hides was not read: it comes from the product's list. */
function builtinsOf(live: LiveState): BuiltinPlugin[] {
  const read = live.catalog
    .filter((entry) => entry.builtin)
    .map(({ plugin, version }) => ({ plugin, version, deprecation_status: 'supported' }))
  const names = new Set(read.map(({ plugin }) => plugin))
  const hidden = builtinPlugins(live.product, live.server_version)
  return [...read, ...hidden.filter(({ plugin }) => !names.has(plugin))]
}

function nodeSeed(node: LiveNode, files: Readonly<Record<string, PluginFile>>): NodeSeed {
  return {
    address: node.address,
    role: node.role === 'active' ? 'active' : 'standby',
    state: nodeState(node),
    files,
    ...(node.version !== '' && { version: node.version }),
  }
}

function nodeState({ state, role }: LiveNode): SeedNodeState {
  switch (state) {
    case 'serving':
      return 'up'
    case 'forwarding':
    case 'not-ready':
      return role === 'active' ? 'up' : 'forwarding'
    case 'sealed':
      return 'sealed'
    case 'unreachable':
      return 'stopped'
  }
}

/** Everything that a twin is given about a mount. */
export function mountSeed(mount: LiveMount): MountSeed {
  return {
    path: mount.path,
    namespace: mount.namespace,
    plugin: mount.plugin,
    accessor: mount.accessor,
    configured_version: mount.configured_version,
    running: mount.nodes.map(runningSeed),
  }
}

function runningSeed(seen: MountOnNode): RunningSeed {
  const { node, running_version, running_sha256, configured_version } = seen
  // Servers answer `backend is nil` if there is no backend. Other words mean that the process cannot
  // start.
  const isNil = seen.detail === undefined || seen.detail.includes('backend is nil')
  const hasProcess =
    running_sha256 !== BUILTIN && (isHash(running_sha256) || running_version !== UNVERSIONED)
  const backend =
    seen.answers !== 'no' ? 'live' : isNil || !hasProcess ? 'nil' : ('stopped' as const)
  return { node, running_version, running_sha256, configured_version, backend }
}
