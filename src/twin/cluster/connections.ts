/**
 * The connections of `database` mounts: their settings, which all nodes share, and the plugin that
 * each runs on the active node.
 */
import type { JsonObject, ServerResponse } from '../../domain/exchange.ts'
import {
  compareText,
  type ConnectionPath,
  connectionPath,
  parsePluginId,
  pluginName,
  type PluginId,
  splitConnectionPath,
  type Version,
} from '../../domain/names.ts'
import { answer, joinErrors, NO_CONTENT, NOTHING_THERE, refuse } from './answers.ts'
import { chooseVersion, findPlugin, notFound } from './catalog.ts'
import { readServerVersion } from './server-version.ts'
import { type FailureCause, findStartFailure } from './start.ts'
import type { TwinConnection, Mount, Node, State } from './state.ts'

export function answerConnectionList(state: State, mount: Mount): ServerResponse {
  const keys = [...state.connections.keys()]
    .map(splitConnectionPath)
    .filter((connection) => connection.mount === mount.path)
    .map((connection) => connection.name)
  return keys.length === 0 ? NOTHING_THERE : answer({ keys: keys.sort(compareText) })
}

export function answerConnection(
  state: State,
  node: Node,
  mount: Mount,
  name: string,
): ServerResponse {
  const connection = state.connections.get(connectionPath(mount.path, name))
  if (connection === undefined) return NOTHING_THERE
  const { allowed_roles, password_policy, password, verify_connection, ...details } =
    connection.details
  return answer({
    allowed_roles: readRoles(allowed_roles),
    connection_details: details,
    password_policy: password_policy ?? '',
    plugin_name: pluginName(connection.plugin),
    plugin_version: connection.version,
    root_credentials_rotate_statements: [],
    ...(state.product === 'vault' && describeForVault(state, node, connection)),
  })
}

function readRoles(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return typeof value === 'string' && value !== '' ? value.split(',') : []
}

/** Vault lists the running version, if the plugin runs or can be started. */
function describeForVault(state: State, node: Node, connection: TwinConnection): JsonObject {
  const running = connection.running ?? startConnection(state, node, connection).running
  return {
    disable_automated_rotation: false,
    rotation_period: 0,
    rotation_schedule: '',
    rotation_window: 0,
    ...(running !== undefined && { running_plugin_version: running }),
    skip_static_role_import_rotation: false,
    verify_connection: connection.details['verify_connection'] ?? true,
  }
}

/**
 * Makes a connection, or changes some of its settings. Nothing is stored if its plugin does not
 * start.
 */
export function writeConnection(
  state: State,
  node: Node,
  mount: Mount,
  name: string,
  body: JsonObject,
): ServerResponse {
  const path = connectionPath(mount.path, name)
  const before = state.connections.get(path)
  const { plugin_name, plugin_version, ...details } = body
  const named = plugin_name ?? (before === undefined ? '' : pluginName(before.plugin))
  if (typeof named !== 'string' || named === '') return refuse(400, 'empty plugin name')
  const plugin = parsePluginId(`database/${named}`) ?? (`database/${named}` as PluginId)
  const pinned = state.pins.get(plugin)
  if (pinned !== undefined && plugin_version !== undefined) {
    return refuse(
      400,
      `cannot specify plugin_version for plugin "${named}" as it is pinned (${pinned})`,
    )
  }
  let version: Version = before?.version ?? chooseVersion(state, plugin)
  if (plugin_version !== undefined && plugin_version !== '') {
    const read = readServerVersion(state.product, plugin_version)
    if ('refusal' in read) return read.refusal
    version = read.version
  }
  const connection = {
    path,
    plugin,
    version,
    details: { ...before?.details, ...details },
    running: undefined,
  }
  const started = startConnection(state, node, connection)
  if ('failure' in started) {
    return refuse(400, `error creating database object: ${repeatFailure(started.failure)}`)
  }
  state.connections.set(path, { ...connection, running: started.running })
  return NO_CONTENT
}

/** `<mount>/reset/<name>`: restarts the connection's plugin. */
export function resetConnection(
  state: State,
  node: Node,
  mount: Mount,
  name: string,
): ServerResponse {
  const connection = state.connections.get(connectionPath(mount.path, name))
  if (connection === undefined) {
    return refuse(500, joinErrors([`failed to find entry for connection with name: "${name}"`]))
  }
  const failure = restartConnection(state, node, connection)
  return failure === undefined
    ? NO_CONTENT
    : refuse(500, joinErrors([`unable to create database instance: ${failure}`]))
}

/** `<mount>/reload/<plugin>`, if the product has it. */
export function reloadPluginOfMount(
  state: State,
  node: Node,
  mount: Mount,
  name: string,
): ServerResponse {
  const connections = reloadConnections(state, node, `database/${name}` as PluginId, mount)
  return answer({ connections, count: connections.length })
}

/** Restarts the connections of a plugin. Returns the names of those that started. */
export function reloadConnections(
  state: State,
  node: Node,
  plugin: PluginId,
  mount?: Mount,
): string[] {
  const names: string[] = []
  for (const connection of [...state.connections.values()]) {
    const at = splitConnectionPath(connection.path)
    if (connection.plugin !== plugin || (mount !== undefined && at.mount !== mount.path)) continue
    if (restartConnection(state, node, connection) === undefined) names.push(at.name)
  }
  return names.sort(compareText)
}

function restartConnection(
  state: State,
  node: Node,
  connection: TwinConnection,
): string | undefined {
  const started = startConnection(state, node, connection)
  const running = 'failure' in started ? undefined : started.running
  state.connections.set(connection.path, { ...connection, running })
  return 'failure' in started ? repeatFailure(started.failure) : undefined
}

/** Why a connection does not start. Undefined if it starts, or if there is no such connection. */
export function findConnectionFailure(
  state: State,
  node: Node,
  path: ConnectionPath,
): ConnectionFailure | undefined {
  const connection = state.connections.get(path)
  if (connection === undefined) return undefined
  const started = startConnection(state, node, connection)
  return 'failure' in started ? { why: started.failure, cause: started.cause } : undefined
}

export interface ConnectionFailure {
  readonly why: string
  readonly cause: FailureCause
}

type StartedConnection =
  | { readonly running: Version }
  | { readonly failure: string; readonly cause: FailureCause; readonly running: undefined }

function startConnection(state: State, node: Node, connection: TwinConnection): StartedConnection {
  const version = state.pins.get(connection.plugin) ?? connection.version
  const found = findPlugin(state, connection.plugin, version)
  if (found === undefined) return fail(notFound(connection.plugin, version), 'entry')
  if (found.kind === 'builtin') return { running: found.builtin.version }
  const failure = findStartFailure(node, found.entry)
  return failure === undefined ? { running: version } : fail(failure.onDemand, failure.cause)
}

function fail(failure: string, cause: FailureCause): StartedConnection {
  return { failure, cause, running: undefined }
}

/** Servers ask the program for its type and for its version, and both fail. */
function repeatFailure(words: string): string {
  return `invalid database version: ${joinErrors([words, words])}`
}
