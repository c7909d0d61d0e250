/**
 * Registers and deregisters entries. A success proves little: the server only checks that the file
 * exists, not its content. A deregistration succeeds also for an entry in use, for one that does
 * not exist, and for one that the servers' configuration declares (OpenBao 2.7.2).
 */
import type { JsonObject, ServerResponse } from '../../domain/exchange.ts'
import {
  isBuiltinVersion,
  type PluginId,
  type Sha256,
  UNVERSIONED,
  type Version,
} from '../../domain/names.ts'
import { joinErrors, NO_CONTENT, noFile, refuse } from './answers.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { addEntry } from './catalog.ts'
import { readServerVersion } from './server-version.ts'
import type { Node, State } from './state.ts'

/** @param node the answering node; only its plugin directory is checked */
export function register(
  state: State,
  node: Node,
  plugin: PluginId,
  body: JsonObject,
): ServerResponse {
  let version = UNVERSIONED
  if (typeof body['version'] === 'string' && body['version'] !== '') {
    const read = readServerVersion(state.product, body['version'])
    if ('refusal' in read) return read.refusal
    version = read.version
    if (isBuiltinVersion(version)) {
      return refuse(
        400,
        `version "${body['version']}" is not allowed because 'builtin' is a reserved metadata identifier`,
      )
    }
  }
  const sha256 = typeof body['sha256'] === 'string' ? body['sha256'].toLowerCase() : ''
  if (sha256 === '') return refuse(400, 'missing SHA-256 value')
  const command = typeof body['command'] === 'string' ? body['command'] : ''
  if (command === '') return refuse(400, 'missing command value')
  if (!/^([0-9a-f]{2})*$/.test(sha256))
    return refuse(400, 'Could not decode SHA-256 value from Hex')
  if (BEHAVIOUR[state.product].refusesShortSha256 && sha256.length !== 64) {
    return refuse(400, 'Decoded SHA-256 value is not 32 bytes')
  }
  if (command.split('/').includes('..')) {
    return refuse(500, joinErrors(['path cannot contain parent references']))
  }
  const file = node.files.get(command)
  if (file === undefined) return refuse(500, joinErrors([noFile(command)]))
  // If the request names no version, a program that reports its version is registered under that
  // version.
  if (version === UNVERSIONED) version = file.version ?? UNVERSIONED
  addEntry(state, {
    plugin,
    version,
    command,
    // Vault accepts hashes of other lengths too, which no file can have.
    sha256: sha256 as Sha256,
    args: texts(body['args']),
    env: texts(body['env']),
  })
  return NO_CONTENT
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** Deregisters an entry. Refused only for a pinned version. */
export function deregister(state: State, plugin: PluginId, version: Version): ServerResponse {
  if (state.pins.get(plugin) === version) {
    return refuse(500, joinErrors(['cannot delete a pinned version']))
  }
  const versions = state.catalog.get(plugin)
  if (versions?.has(version) === true) {
    const left = new Map([...versions].filter(([other]) => other !== version))
    if (left.size === 0) state.catalog.delete(plugin)
    else state.catalog.set(plugin, left)
  }
  return NO_CONTENT
}
