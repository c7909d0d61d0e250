/**
 * Live states for tests: three serving OpenBao nodes unless a test says otherwise, and names
 * checked as the program checks them, so that a test cannot use one that no server would have.
 */
import { createHash } from 'node:crypto'
import type {
  CatalogEntry,
  LiveConnection,
  LiveMount,
  LiveNode,
  LiveState,
  MountOnNode,
} from '../../src/domain/live.ts'
import {
  type ConnectionPath,
  isBuiltinVersion,
  type MountPath,
  BUILTIN,
  LATEST,
  type NodeAddress,
  parseConnectionPath,
  parseMountPath,
  parseNodeAddress,
  parsePluginId,
  parseSha256,
  parseVersion,
  type PluginId,
  ROOT_NAMESPACE,
  type Sha256,
  UNVERSIONED,
  type Version,
  versionLabel,
} from '../../src/domain/names.ts'

/** Fails the test that wrote a name nothing could have. */
function checked<Name>(parse: (text: string) => Name | undefined, text: string): Name {
  const name = parse(text)
  if (name === undefined) throw new Error(`a test uses ${JSON.stringify(text)}`)
  return name
}

export const plugin = (text: string): PluginId => checked(parsePluginId, text)
export const mountPath = (text: string): MountPath => checked(parseMountPath, text)
export const connectionPath = (text: string): ConnectionPath => checked(parseConnectionPath, text)
export const version = (text: string): Version =>
  text === '' ? UNVERSIONED : checked(parseVersion, text)

/** `http://node1:8200` … */
export const nodeAddress = (number: number): NodeAddress =>
  checked(parseNodeAddress, `http://node${number}:8200`)

/** The hash of the binary that this plugin has under this version, the same in every test. */
export function sha256Of(id: PluginId, of: Version): Sha256 {
  const text = createHash('sha256').update(`${id} ${of}`).digest('hex')
  return checked(parseSha256, text)
}

export function liveNode(number: number, overrides: Partial<LiveNode> = {}): LiveNode {
  return {
    address: nodeAddress(number),
    role: number === 1 ? 'active' : 'standby',
    state: 'serving',
    version: '2.7.2',
    ...overrides,
  }
}

/** An external entry; its command is `my-kv_0.21.0` for `secret/my-kv` v0.21.0. */
export function catalogEntry(
  id: PluginId,
  of: Version,
  overrides: Partial<CatalogEntry> = {},
): CatalogEntry {
  return {
    plugin: id,
    version: of,
    builtin: false,
    sha256: sha256Of(id, of),
    command: commandOf(id, of),
    args: [],
    ...overrides,
  }
}

export function commandOf(id: PluginId, of: Version): string {
  return `${id.slice(id.indexOf('/') + 1)}_${versionLabel(of).replace(/^v/, '')}`
}

export function builtinEntry(id: PluginId, of: Version): CatalogEntry {
  return { plugin: id, version: of, builtin: true, sha256: BUILTIN }
}

export interface MountOptions {
  readonly plugin: PluginId
  readonly version: Version
  readonly nodes: readonly LiveNode[]
  /** What single nodes say otherwise, by address. */
  readonly except?: Readonly<Record<string, Partial<MountOnNode>>>
}

/** A mount that runs on every serving node what it is configured for. */
export function liveMount(path: MountPath, options: MountOptions): LiveMount {
  const { plugin: id, version: configured, nodes, except = {} } = options
  return {
    path,
    namespace: ROOT_NAMESPACE,
    plugin: id,
    accessor: `${id.replace('/', '_')}_${path.replaceAll('/', '')}`,
    configured_version: configured,
    nodes: nodes
      .filter(({ state }) => state === 'serving')
      .map(({ address }) => ({
        node: address,
        configured_version: configured,
        running_version: configured,
        running_sha256: isBuiltinVersion(configured) ? BUILTIN : sha256Of(id, configured),
        answers: 'yes',
        ...except[address],
      })),
  }
}

/** The same mount, configured for `latest` on every node. */
export function onLatest(mount: LiveMount): LiveMount {
  return {
    ...mount,
    configured_version: LATEST,
    nodes: mount.nodes.map((view) => ({ ...view, configured_version: LATEST })),
  }
}

export function liveConnection(
  path: ConnectionPath,
  options: { readonly plugin: PluginId; readonly version: Version },
): LiveConnection {
  return { path, namespace: ROOT_NAMESPACE, ...options }
}

export function liveState(overrides: Partial<LiveState> = {}): LiveState {
  return {
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'prod-eu', id: '6a1f2c52-0d1c-4a6e-9d7e-0a1b2c3d4e5f' },
    nodes: [liveNode(1), liveNode(2), liveNode(3)],
    catalog: [],
    mounts: [],
    connections: [],
    pins: [],
    namespaces: [ROOT_NAMESPACE],
    unreadable: [],
    ...overrides,
  }
}
