/**
 * The least a token needs to plan and apply a file: read off the requests that its plugins and
 * mounts can ever call for. Never the right to disable a mount.
 */
import type { DesiredState } from '../domain/desired.ts'
import type { ServerRequest } from '../domain/exchange.ts'
import type { LiveState } from '../domain/live.ts'
import { type Namespace, NO_SHA256, ROOT_NAMESPACE, UNVERSIONED } from '../domain/names.ts'
import type { Action } from '../documents/plan.generated.ts'
import {
  listNamespaces,
  readAuthMounts,
  readCapabilities,
  readCatalog,
  readCatalogEntry,
  readHaStatus,
  readMountHelp,
  readPins,
  readRaftConfiguration,
  readSecretMounts,
  requestOf,
} from '../server/requests.ts'
import { type Capability, collectCapabilities } from './capabilities.ts'

export function policyFor(desired: DesiredState, live: LiveState): readonly Capability[] {
  return collectCapabilities([...readsFor(live), ...pluginRequests(desired, live)])
}

function readsFor(live: LiveState): ServerRequest[] {
  const namespaces: readonly Namespace[] = live.namespaces
  return [
    readHaStatus(),
    readRaftConfiguration(),
    readCatalog(),
    readCapabilities([]),
    ...(live.product === 'vault' ? [readPins()] : []),
    ...namespaces.flatMap((namespace) => [
      readSecretMounts(namespace),
      readAuthMounts(namespace),
      listNamespaces(namespace),
    ]),
  ]
}

function pluginRequests(desired: DesiredState, live: LiveState): ServerRequest[] {
  const managed = new Set(desired.plugins.map(({ id }) => id))
  const version = UNVERSIONED
  const entry = { command: '', sha256: NO_SHA256, args: [] }
  const actions: Action[] = desired.plugins.flatMap(({ id: plugin }) => [
    { kind: 'register' as const, plugin, version, entry, env: [] },
    { kind: 'deregister' as const, plugin, version },
  ])
  const reads = desired.plugins.map(({ id }) => readCatalogEntry(id, version))
  for (const { path: mount, namespace, plugin } of live.mounts) {
    if (!managed.has(plugin)) continue
    const node = live.nodes[0]?.address
    actions.push({ kind: 'tune', mount, namespace, version })
    if (node !== undefined) actions.push({ kind: 'reload', node, namespace, mounts: [mount] })
    reads.push(readMountHelp(mount, namespace))
  }
  for (const { path: mount, enable, plugin } of desired.mounts) {
    if (enable) actions.push({ kind: 'enable', mount, namespace: ROOT_NAMESPACE, plugin, version })
  }
  for (const { path: connection, namespace, plugin } of live.connections) {
    if (managed.has(plugin)) actions.push({ kind: 'repoint', connection, namespace, version })
  }
  return [...actions.map((action) => requestOf(action)), ...reads]
}
