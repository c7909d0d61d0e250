/** Builds a twin's state from its options. The rest is as on a new cluster. */
import { groupBy } from '../../domain/group-by.ts'
import { BUILTIN, ROOT_NAMESPACE } from '../../domain/names.ts'
import { builtinPlugins } from '../../domain/builtin-plugins.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { addEntry, findPlugin, unknownProcess } from './catalog.ts'
import { addMount } from './mount-table.ts'
import { addNamespace } from './namespaces.ts'
import { runsMounts, setUpMount } from './running.ts'
import { isOverridable } from '../../domain/overridable.ts'
import type { MountSeed, NodeSeed, RunningSeed, TwinOptions } from './seeds.ts'
import type { Backend, Mount, Node, RunningBackend, State } from './state.ts'

/** The state of a new twin. */
export function buildState(options: TwinOptions): State {
  const { product, server_version, cluster } = options
  const builtins = options.builtins ?? builtinPlugins(product, server_version)
  const nodes = options.nodes.map((seed) => buildNode(seed, server_version))
  const active = options.nodes.some((seed) => seed.role !== undefined)
    ? options.nodes.find((seed) => seed.role === 'active')
    : options.nodes[0]
  const state: State = {
    product,
    standbysServe: options.standbys_serve ?? BEHAVIOUR[product].standbysServe,
    server_version,
    cluster,
    builtins: new Map(builtins.map((builtin) => [builtin.plugin, builtin])),
    capabilities: options.capabilities ?? {},
    catalog: new Map(),
    declared: (options.catalog ?? []).filter(({ declarative }) => declarative === true),
    pins: new Map((options.pins ?? []).map(({ plugin, version }) => [plugin, version])),
    namespaces: new Map(),
    mounts: new Map(),
    mountsOfPlugin: new Map(),
    connections: new Map(),
    secrets: new Map(),
    nodes: new Map(nodes.map((node) => [node.address, node])),
    active: active?.address,
    counter: 0,
    namespacesDoubled: false,
    ranLast: new Map(),
  }
  for (const entry of options.catalog ?? []) addEntry(state, entry)
  addNamespace(state, ROOT_NAMESPACE)
  for (const namespace of options.namespaces ?? []) {
    if (namespace !== ROOT_NAMESPACE) addNamespace(state, namespace)
  }
  addMounts(state, options.mounts ?? [])
  for (const { path, plugin, version } of options.connections ?? []) {
    const found = findPlugin(state, plugin, state.pins.get(plugin) ?? version)
    const running = found === undefined ? undefined : (state.pins.get(plugin) ?? version)
    state.connections.set(path, { path, plugin, version, details: {}, running })
  }
  return state
}

function buildNode(seed: NodeSeed, serverVersion: string): Node {
  return {
    address: seed.address,
    version: seed.version ?? serverVersion,
    files: new Map(Object.entries(seed.files ?? {})),
    state: seed.state ?? 'up',
    running: new Map(),
    kills: new Map(),
  }
}

function addMounts(state: State, seeds: readonly MountSeed[]): void {
  // Grouped first: added one by one, each mount would copy the list of its plugin's mounts.
  const mounts = seeds.map((seed) => {
    const mount = addMount(state, seed, { listed: false })
    const running = new Map(seed.running?.map((each) => [each.node, each]))
    for (const node of state.nodes.values()) {
      if (!runsMounts(state, node)) continue
      const runningSeed = running.get(node.address)
      node.running.set(
        mount.path,
        runningSeed === undefined
          ? setUpMount(state, node, mount)
          : restoreRunning(state, mount, runningSeed),
      )
    }
    return mount
  })
  for (const [plugin, group] of groupBy(mounts, (mount) => mount.plugin)) {
    state.mountsOfPlugin.set(
      plugin,
      group.map(({ path }) => path),
    )
  }
}

/** The backend that was read from the live state. */
function restoreRunning(state: State, mount: Mount, runningSeed: RunningSeed): RunningBackend {
  return {
    version: runningSeed.running_version,
    sha256: runningSeed.running_sha256,
    backend: restoreBackend(state, mount, runningSeed),
    nilAtSetup: runningSeed.backend === 'nil',
    behind:
      runningSeed.configured_version === mount.configured
        ? undefined
        : runningSeed.configured_version,
  }
}

function restoreBackend(state: State, mount: Mount, runningSeed: RunningSeed): Backend {
  if (runningSeed.backend === 'nil') return { kind: 'nil' }
  if (runningSeed.running_sha256 === BUILTIN || !isOverridable(mount.plugin))
    return { kind: 'builtin' }
  const { running_version: version, running_sha256: sha256 } = runningSeed
  const entry = state.catalog.get(mount.plugin)?.get(version)
  // A process whose entry was deregistered or replaced is not shared with that entry's mounts.
  const started = entry?.sha256 === sha256 ? entry : undefined
  const process = started?.process ?? unknownProcess(mount.plugin, version, sha256)
  return { kind: 'process', version, process, kills: runningSeed.backend === 'stopped' ? -1 : 0 }
}
