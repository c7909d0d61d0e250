/**
 * Computes the rights that a token needs to plan and apply a file, from all requests that its
 * plugins and mounts may ever need. A single plan may need less. The right to disable a mount is
 * never needed.
 */
import type { DesiredState } from '../domain/desired.ts'
import type { ServerRequest } from '../domain/exchange.ts'
import type { LiveState } from '../domain/live.ts'
import { pluginId, type Sha256, UNVERSIONED } from '../domain/names.ts'
import type { Action } from '../documents/plan.generated.ts'
import { namespaceOf } from '../plan/enable.ts'
import {
  listConnections,
  listNamespaces,
  readAuthMounts,
  readBelowMount,
  readCapabilities,
  readCatalog,
  readCatalogEntry,
  readConnection,
  readHaStatus,
  readMountHelp,
  readOneMount,
  readOwnConfiguration,
  readOwnToken,
  readPins,
  readRaftConfiguration,
  readSecretMounts,
  renewToken,
  requestOf,
} from '../server/requests.ts'
import { type Capability, findProblemInPolicy } from '../server/rights.ts'
import { collectCapabilities } from './capabilities.ts'

/** The rights to plan and apply this file on this cluster, with its lock and its shared journal; sorted by path. */
export function policyFor(desired: DesiredState, live: LiveState): readonly Capability[] {
  const requests = [...readsFor(desired, live), ...pluginRequests(desired, live)]
  return collectCapabilities(requests, desired.cluster)
}

/**
 * The rights to read a whole cluster without a file: for `import`, `status`, and `drift` against
 * the imported file; sorted by path. They change nothing on a server, except that the token renews
 * itself.
 */
export function readPolicyFor(live: LiveState): readonly Capability[] {
  const databases = live.mounts.filter(({ plugin }) => plugin === pluginId('secret', 'database'))
  return collectCapabilities([
    ...commonReads(live, databases),
    readOwnConfiguration(),
    ...live.catalog.map(({ plugin, version }) => readCatalogEntry(plugin, version)),
    ...live.mounts.map(({ path, namespace }) => readMountHelp(path, namespace)),
  ])
}

function readsFor(desired: DesiredState, live: LiveState): ServerRequest[] {
  const databases = desired.plugins.some(({ id }) => id.startsWith('database/'))
    ? live.mounts.filter(({ plugin }) => plugin === pluginId('secret', 'database'))
    : []
  return [
    ...commonReads(live, databases),
    // A node that is listed under another address than it advertises is asked which address it has.
    ...(desired.cluster.nodes === undefined ? [] : [readOwnConfiguration()]),
  ]
}

function commonReads(live: LiveState, databases: LiveState['mounts']): ServerRequest[] {
  return [
    readHaStatus(),
    readRaftConfiguration(),
    // If standbys of OpenBao forward, the active node is asked whether they are configured to.
    ...(hasForwardingNode(live) ? [readOwnConfiguration()] : []),
    readCatalog(),
    readPins(),
    readCapabilities([]),
    readOwnToken(),
    renewToken(),
    ...live.namespaces.flatMap((namespace) => [
      readSecretMounts(namespace),
      readAuthMounts(namespace),
      listNamespaces(namespace),
    ]),
    ...databases.map(({ path, namespace }) => listConnections(path, namespace)),
    ...live.connections.map(({ path, namespace }) => readConnection(path, namespace)),
  ]
}

function hasForwardingNode({ product, nodes }: LiveState): boolean {
  return (
    product === 'openbao' &&
    nodes.some(({ state }) => state === 'forwarding' || state === 'not-ready')
  )
}

function pluginRequests(desired: DesiredState, live: LiveState): ServerRequest[] {
  const managed = new Set(desired.plugins.map(({ id }) => id))
  const version = UNVERSIONED
  const entry = { command: '', sha256: '0'.repeat(64) as Sha256, args: [] }
  const actions: Action[] = desired.plugins.flatMap(({ id: plugin }) => [
    { kind: 'register' as const, plugin, version, entry, env: [] },
    { kind: 'deregister' as const, plugin, version },
  ])
  const reads = desired.plugins.map(({ id }) => readCatalogEntry(id, version))
  const mounts = new Map(
    live.mounts
      .filter(({ plugin }) => managed.has(plugin))
      .map(({ path, namespace }) => [path, namespace]),
  )
  for (const { path: mount, enable, plugin, verify } of desired.mounts) {
    const namespace = namespaceOf(mount, live)
    if (enable) {
      mounts.set(mount, namespace)
      actions.push({ kind: 'enable', mount, namespace, plugin, version })
    }
    for (const check of verify) {
      if (check.kind === 'read') reads.push(readBelowMount(mount, namespace, check.path))
    }
  }
  const node = live.nodes[0]?.address
  for (const [mount, namespace] of mounts) {
    actions.push({ kind: 'tune', mount, namespace, version })
    if (node !== undefined) actions.push({ kind: 'reload', node, namespace, mounts: [mount] })
    reads.push(readMountHelp(mount, namespace))
    // Without the right to read a single mount, Lockstep lists all mounts for each step. So a mount
    // that no policy can name exactly (`a*/`) gets no such right.
    const read = readOneMount(mount, namespace)
    if (collectCapabilities([read]).every((right) => findProblemInPolicy(right) === undefined)) {
      reads.push(read)
    }
  }
  for (const { path: connection, namespace, plugin } of live.connections) {
    if (managed.has(plugin)) actions.push({ kind: 'repoint', connection, namespace, version })
  }
  return [...actions.map((action) => requestOf(action)), ...reads]
}
