/**
 * `sys/plugins/pins`: a pinned version overrides the configured version of mounts. Only Vault has
 * pins.
 */
import type { ServerResponse } from '../../domain/exchange.ts'
import {
  compareText,
  isBuiltinVersion,
  pluginName,
  pluginType,
  type PluginId,
} from '../../domain/names.ts'
import { answer, NOTHING_THERE, refuse } from './answers.ts'
import { readServerVersion } from './server-version.ts'
import type { State } from './state.ts'

export function listPins(state: State): ServerResponse {
  const pinned_versions = [...state.pins.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([plugin, version]) => describePin(plugin, version))
  return answer({ pinned_versions })
}

export function readPin(state: State, plugin: PluginId): ServerResponse {
  const version = state.pins.get(plugin)
  return version === undefined ? NOTHING_THERE : answer(describePin(plugin, version))
}

function describePin(plugin: PluginId, version: string) {
  return { name: pluginName(plugin), type: pluginType(plugin), version }
}

/** Takes effect at each mount's next reload. */
export function setPin(state: State, plugin: PluginId, value: unknown): ServerResponse {
  const read = readServerVersion(state.product, value)
  if ('refusal' in read) return read.refusal
  const { version } = read
  if (isBuiltinVersion(version)) return refuse(400, `cannot pin a builtin plugin: "${version}"`)
  if (state.catalog.get(plugin)?.has(version) !== true) {
    const name = `${pluginType(plugin)} plugin "${pluginName(plugin)}"`
    return refuse(400, `plugin not found in the catalog; ${name} version ${version} does not exist`)
  }
  state.pins.set(plugin, version)
  return answer(null)
}

/** Succeeds also if there was no pin. */
export function deletePin(state: State, plugin: PluginId): ServerResponse {
  state.pins.delete(plugin)
  return answer(null)
}
