/** A twin's state from its options: everything that is not said is as on a fresh cluster. */
import { groupBy } from '../../domain/group-by.ts'
import { BUILTIN, ROOT_NAMESPACE } from '../../domain/names.ts'
import { builtinPlugins } from '../../domain/builtin-plugins.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { addEntry, findPlugin, processUnseen } from './catalog.ts'
import { addMount } from './mount-table.ts'
import { addNamespace } from './namespaces.ts'
import { runsMounts, setUpMount } from './running.ts'
import { isOverridable } from '../../domain/overridable.ts'
import type { MountSeed, NodeSeed, RunningSeed, TwinOptions } from './seeds.ts'
import type { Backend, Mount, Node, RunningBackend, State } from './state.ts'

export function buildState(options: TwinOptions): State {
  const { product, server_version, cluster } = options
  const builtins = options.builtins ?? builtinPlugins(product, server_version)
  const nodes = options.nodes.map((seed) => buildNode(seed, server_version))
  const leads = options.nodes.some((seed) => seed.role !== undefined)
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
    active: leads?.address,
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
  // Grouped before they are added: one by one, each would copy the list of its plugin's mounts.
  const mounts = seeds.map((seed) => {
    const mount = addMount(state, seed, { listed: false })
    const running = new Map(seed.running?.map((each) => [each.node, each]))
    for (const node of state.nodes.values()) {
      if (!runsMounts(state, node)) continue
      const said = running.get(node.address)
      node.running.set(
        mount.path,
        said === undefined ? setUpMount(state, node, mount) : resume(state, mount, said),
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

/** What was seen to run. */
function resume(state: State, mount: Mount, said: RunningSeed): RunningBackend {
  return {
    version: said.running_version,
    sha256: said.running_sha256,
    backend: resumeBackend(state, mount, said),
    nilAtSetup: said.backend === 'nil',
    behind: said.configured_version === mount.configured ? undefined : said.configured_version,
  }
}

function resumeBackend(state: State, mount: Mount, said: RunningSeed): Backend {
  if (said.backend === 'nil') return { kind: 'nil' }
  if (said.running_sha256 === BUILTIN || !isOverridable(mount.plugin)) return { kind: 'builtin' }
  const { running_version: version, running_sha256: sha256 } = said
  const entry = state.catalog.get(mount.plugin)?.get(version)
  // What runs and is registered no more, or otherwise by now, has a process of its own kind.
  const started = entry?.sha256 === sha256 ? entry : undefined
  const process = started?.process ?? processUnseen(mount.plugin, version, sha256)
  return { kind: 'process', version, process, kills: said.backend === 'stopped' ? -1 : 0 }
}
