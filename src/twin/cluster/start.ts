/**
 * Starts what a mount runs on one node: finds the entry, checks that its file exists and has the
 * registered hash, and gives the servers' error texts. Changes only the node's count of killed
 * processes.
 */
import { isOverridable } from '../../domain/overridable.ts'
import {
  type RunningBinary,
  BUILTIN,
  type ConfiguredVersion,
  isOtherBinary,
  LATEST,
  type PluginId,
  pluginName,
  pluginType,
  UNVERSIONED,
  type Version,
} from '../../domain/names.ts'
import { joinErrors, noFile } from './answers.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { ownVersion } from '../../domain/builtin-plugins.ts'
import { findPlugin, notFound, findStartedVersion } from './catalog.ts'
import type { Backend, Entry, Mount, Node, State } from './state.ts'

export type Start =
  | {
      readonly kind: 'started'
      readonly backend: Backend
      readonly version: Version
      readonly sha256: RunningBinary
    }
  /**
   * The servers' error texts. `onSetup`: when the mount is set up. `onDemand`: when a lost process
   * is started again.
   */
  | {
      readonly kind: 'failed'
      readonly cause: FailureCause
      readonly onSetup: string
      readonly onDemand: string
    }

/**
 * `entry`: nothing is registered under the version. `file`: the file is missing or is not the
 * registered one.
 */
export type FailureCause = 'entry' | 'file'

/** The configured version of the mount, as this node knows it. */
export function configuredOn(node: Node, mount: Mount): ConfiguredVersion {
  return node.running.get(mount.path)?.behind ?? mount.configured
}

/** @param configured the mount's own version; a pin overrides it here */
export function startMount(
  state: State,
  node: Node,
  mount: Mount,
  configured: ConfiguredVersion,
): Start {
  if (mount.system !== undefined) {
    return startBuiltin(ownVersion(state.product, state.server_version))
  }
  const { plugin } = mount
  if (!isOverridable(plugin)) {
    const version =
      state.builtins.get(plugin)?.version ?? ownVersion(state.product, state.server_version)
    // Vault lists the configured version although the builtin runs: only the hash shows the
    // builtin.
    const listed = BEHAVIOUR[state.product].builtinSaysItsOwnVersion ? UNVERSIONED : configured
    return startBuiltin(listed === UNVERSIONED || listed === LATEST ? version : listed)
  }
  const version = state.pins.get(plugin) ?? findStartedVersion(state, plugin, configured)
  return version === undefined
    ? failed(notFound(plugin, LATEST), 'entry')
    : startPlugin(state, node, plugin, version)
}

/** Starts exactly this version, also to replace a lost process. */
export function startPlugin(state: State, node: Node, plugin: PluginId, version: Version): Start {
  const found = findPlugin(state, plugin, version)
  if (found === undefined) return failed(notFound(plugin, version), 'entry')
  if (found.kind === 'builtin') return startBuiltin(found.builtin.version)
  const { entry } = found
  const failure = findStartFailure(node, entry)
  if (failure !== undefined) return failure
  return {
    kind: 'started',
    version,
    sha256: entry.sha256,
    backend: {
      kind: 'process',
      version,
      process: entry.process,
      kills: node.kills.get(entry.process) ?? 0,
    },
  }
}

function startBuiltin(version: Version): Start {
  return { kind: 'started', backend: { kind: 'builtin' }, version, sha256: BUILTIN }
}

/** Why an entry's file does not start on a node. Undefined if no reason is known. */
export function findStartFailure(
  node: Node,
  entry: Entry,
): (Start & { readonly kind: 'failed' }) | undefined {
  const file = node.files.get(entry.command)
  if (file === undefined) return failed(noFile(entry.command))
  // If the entry has no hash, OpenBao starts any file of that name (2.7.2).
  if (file.sha256 !== undefined && isOtherBinary(file.sha256, entry.sha256)) {
    return failedTwice('checksums did not match')
  }
  // Secrets engines and auth methods use the same protocol. Databases use another.
  const isDatabase = pluginType(entry.plugin) === 'database'
  if (file.type !== undefined && (file.type === 'database') !== isDatabase) {
    return failedTwice('Unrecognized remote plugin message')
  }
  if (
    file.version !== undefined &&
    entry.version !== UNVERSIONED &&
    file.version !== entry.version
  ) {
    const name = pluginName(entry.plugin)
    return failed(
      `plugin version mismatch: ${name} reported version (${file.version}) did not match requested version (${entry.version})`,
    )
  }
  return undefined
}

function failed(words: string, cause: FailureCause = 'file'): Start & { readonly kind: 'failed' } {
  return { kind: 'failed', cause, onSetup: words, onDemand: words }
}

/** A set-up asks the program for its type and for its version, and both fail. */
function failedTwice(words: string): Start & { readonly kind: 'failed' } {
  return {
    kind: 'failed',
    cause: 'file',
    onSetup: `invalid backend version: ${joinErrors([words, words])}`,
    onDemand: words,
  }
}

/** Whether a backend's process still runs. */
export function isAlive(node: Node, backend: Backend): boolean {
  switch (backend.kind) {
    case 'nil':
      return false
    case 'builtin':
      return true
    case 'process':
      return backend.kills === (node.kills.get(backend.process) ?? 0)
  }
}

/** A reload ends the process of the mount, and of all mounts that share the process. */
export function killProcess(node: Node, backend: Backend): void {
  if (backend.kind !== 'process' || !isAlive(node, backend)) return
  node.kills.set(backend.process, backend.kills + 1)
}
