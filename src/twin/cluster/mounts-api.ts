/**
 * `sys/mounts` and `sys/auth`: lists, reads, enables and tunes mounts. Disabling is not modelled:
 * no plan does it.
 */
import type { JsonObject, ServerResponse } from '../../domain/exchange.ts'
import {
  compareText,
  type ConfiguredVersion,
  isBuiltinVersion,
  LATEST,
  mountPathIn,
  type Namespace,
  parseMountPath,
  parsePluginId,
  pluginName,
  pluginType,
  type PluginId,
  UNVERSIONED,
} from '../../domain/names.ts'
import { answer, NO_CONTENT, refuse } from './answers.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { chooseVersion, findPlugin, hashOnWire, notFound, findStartedVersion } from './catalog.ts'
import { addMount, findConflict, listMountsOf } from './mount-table.ts'
import { runsMounts, setUpMount } from './running.ts'
import { readServerVersion } from './server-version.ts'
import { isOverridable } from '../../domain/overridable.ts'
import { configuredOn, startMount } from './start.ts'
import type { Mount, Node, State } from './state.ts'

type Kind = 'secret' | 'auth'
export interface MountRequest {
  readonly kind: Kind
  readonly namespace: Namespace
  /** As in the request: the part after `sys/mounts/` or `sys/auth/`. */
  readonly path: string
}

export function answerMountList(
  state: State,
  node: Node,
  namespace: Namespace,
  kind: Kind,
): ServerResponse {
  const listed = [...listMountsOf(state, namespace, kind)]
    .sort(([a], [b]) => compareText(a, b))
    .map(([path, mount]) => [path, describeMount(state, node, mount)])
  return answer(Object.fromEntries(listed))
}

export function readMount(state: State, node: Node, request: MountRequest): ServerResponse {
  const mount = findMount(state, request)
  if (mount === undefined) {
    const words = request.kind === 'auth' ? 'No auth engine at' : 'No secret engine mount at'
    return refuse(400, `${words} ${request.path}/`)
  }
  const warning = state.product === 'vault' ? warnOfVersion(state, node, mount) : undefined
  return answer(describeMount(state, node, mount), {
    warnings: warning === undefined ? null : [warning],
  })
}

function findMount(state: State, { kind, namespace, path }: MountRequest): Mount | undefined {
  const full = parseMountPath(kind === 'auth' ? `auth/${path}` : path)
  return full === undefined ? undefined : state.mounts.get(mountPathIn(namespace, full))
}

function describeMount(state: State, node: Node, mount: Mount): JsonObject {
  const running = node.running.get(mount.path)
  const version = running?.version ?? UNVERSIONED
  const found = isBuiltinVersion(version) ? findPlugin(state, mount.plugin, UNVERSIONED) : undefined
  return {
    accessor: mount.accessor,
    config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
    // Listed for a builtin that no unversioned entry hides.
    ...(found?.kind === 'builtin' && { deprecation_status: found.builtin.deprecation_status }),
    description: mount.description,
    external_entropy_access: false,
    local: false,
    options: mount.options,
    plugin_version: configuredOn(node, mount),
    running_plugin_version: version,
    running_sha256: running === undefined ? '' : hashOnWire(running.sha256),
    seal_wrap: false,
    type: mount.system ?? pluginName(mount.plugin),
    uuid: mount.uuid,
  }
}

function warnOfVersion(state: State, node: Node, mount: Mount): string | undefined {
  const configured = configuredOn(node, mount)
  const running = node.running.get(mount.path)?.version ?? UNVERSIONED
  if (configured === UNVERSIONED || configured === running) return undefined
  const why =
    state.pins.get(mount.plugin) === running
      ? 'because that version is pinned'
      : 'either due to a pinned version or because the plugin was upgraded and not yet reloaded'
  return `Plugin version is configured as "${configured}", but running "${running}" ${why}`
}

/**
 * Makes a mount. Every serving node sets it up. The active node refuses if the plugin does not
 * start.
 */
export function enableMount(
  state: State,
  node: Node,
  { kind, namespace, path }: MountRequest,
  body: JsonObject,
): ServerResponse {
  const plugin = parsePluginId(`${kind}/${String(body['type'])}`)
  if (plugin === undefined)
    return refuse(400, notFound(`${kind}/${String(body['type'])}` as PluginId, UNVERSIONED))
  const chosen = versionOfNewMount(state, plugin, body)
  if ('refusal' in chosen) return chosen.refusal
  const parsedPath = parseMountPath(kind === 'auth' ? `auth/${path}` : path)
  if (parsedPath === undefined) return refuse(400, 'invalid mount path')
  const full = mountPathIn(namespace, parsedPath)
  const conflict = findConflict(state, full)
  if (conflict !== undefined)
    return refuse(400, `path is already in use at ${path.replace(/\/?$/, '/')}`)
  const seed = {
    path: full,
    namespace,
    plugin,
    configured_version: chosen.version,
    description: typeof body['description'] === 'string' ? body['description'] : '',
    options: options(body['options']),
  }
  const refusal = findEnableRefusal(state, node, plugin, chosen.version)
  if (refusal !== undefined) return refuse(400, refusal)
  const mount = addMount(state, seed)
  for (const each of state.nodes.values()) {
    if (runsMounts(state, each)) each.running.set(full, setUpMount(state, each, mount))
  }
  return NO_CONTENT
}

function versionOfNewMount(
  state: State,
  plugin: PluginId,
  body: JsonObject,
): { readonly version: ConfiguredVersion } | { readonly refusal: ServerResponse } {
  const config = (body['config'] ?? {}) as JsonObject
  const requested = config['plugin_version'] ?? body['plugin_version']
  if (requested !== undefined && requested !== '') {
    const read = readTunedVersion(state, plugin, requested)
    // A mount without a version runs the builtin's own version, so servers do not store it.
    return 'version' in read && isBuiltinVersion(read.version) ? { version: UNVERSIONED } : read
  }
  if (state.pins.has(plugin)) return { version: UNVERSIONED }
  const version = chooseVersion(state, plugin)
  if (isOverridable(plugin) && findPlugin(state, plugin, version) === undefined) {
    return { refusal: refuse(400, notFound(plugin, version)) }
  }
  return { version }
}

/**
 * Why a mount is not enabled: the plugin does not start, or (checked only here) the program has
 * another type than it is registered under.
 */
function findEnableRefusal(
  state: State,
  node: Node,
  plugin: PluginId,
  configured: ConfiguredVersion,
): string | undefined {
  const version = state.pins.get(plugin) ?? findStartedVersion(state, plugin, configured)
  const found = version === undefined ? undefined : findPlugin(state, plugin, version)
  if (found?.kind !== 'external' || !isOverridable(plugin)) return undefined
  const trial = { plugin } as Mount
  const start = startMount(state, node, trial, configured)
  if (start.kind === 'failed') return start.onSetup
  const type = node.files.get(found.entry.command)?.type
  if (type === undefined || type === pluginType(plugin)) return undefined
  const name = pluginName(plugin)
  return type === 'secret'
    ? `cannot mount "${name}" of type "secret" as an auth backend`
    : `unknown backend type: "${name}"`
}

function options(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]))
}

/** Changes the configured version of a mount. What runs changes at the next reload. */
export function tuneMount(state: State, request: MountRequest, body: JsonObject): ServerResponse {
  const mount = findMount(state, request)
  if (mount === undefined) {
    const path = `${request.kind === 'auth' ? 'auth/' : ''}${request.path}/`
    return refuse(400, `tune of path "${path}" failed: no mount entry found`)
  }
  const description =
    typeof body['description'] === 'string' ? body['description'] : mount.description
  let configured = mount.configured
  if (body['plugin_version'] !== undefined) {
    const read = readTunedVersion(state, mount.plugin, body['plugin_version'])
    if ('refusal' in read) return read.refusal
    configured = read.version
  }
  configure(state, mount, configured, description)
  return NO_CONTENT
}

function configure(
  state: State,
  mount: Mount,
  configured: ConfiguredVersion,
  description: string,
): void {
  state.mounts.set(mount.path, { ...mount, configured, description })
  for (const node of state.nodes.values()) {
    const running = node.running.get(mount.path)
    if (running?.behind !== undefined) {
      node.running.set(mount.path, { ...running, behind: undefined })
    }
  }
}

function readTunedVersion(
  state: State,
  plugin: PluginId,
  value: unknown,
): { readonly version: ConfiguredVersion } | { readonly refusal: ServerResponse } {
  const pinned = state.pins.get(plugin)
  if (pinned !== undefined) {
    const name = `${pluginType(plugin)} plugin "${pluginName(plugin)}"`
    const words = `plugin_version cannot be set for ${name} as a pinned version ${pinned} is in effect`
    return { refusal: refuse(400, words) }
  }
  if (value === LATEST && BEHAVIOUR[state.product].hasLatest) {
    if (!isOverridable(plugin)) return { refusal: refuse(400, notSelectable(plugin)) }
    return findStartedVersion(state, plugin, LATEST) === undefined
      ? { refusal: refuse(400, notFound(plugin, LATEST)) }
      : { version: LATEST }
  }
  const read = readServerVersion(state.product, value)
  if ('refusal' in read) return read
  return findPlugin(state, plugin, read.version) === undefined
    ? { refusal: refuse(400, notFound(plugin, read.version)) }
    : read
}

function notSelectable(plugin: PluginId): string {
  return `cannot select non-builtin version of secrets plugin ${pluginName(plugin)}`
}

/** `GET …/tune`: the settings of a mount. */
export function readTuning(state: State, request: MountRequest): ServerResponse {
  const mount = findMount(state, request)
  if (mount === undefined) return refuse(400, `cannot fetch sysview for path "${request.path}/"`)
  return answer({
    default_lease_ttl: 2764800,
    description: mount.description,
    force_no_cache: false,
    max_lease_ttl: 2764800,
    ...(mount.options !== null &&
      Object.keys(mount.options).length > 0 && { options: mount.options }),
    ...(mount.configured !== UNVERSIONED && { plugin_version: mount.configured }),
  })
}
