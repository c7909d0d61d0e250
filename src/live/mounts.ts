/** Each node's own view of the mounts: configured, running, and whether the backend answers. */
import { LockstepError } from '../domain/errors.ts'
import type { LiveMount, LiveNode, MountOnNode, Unreadable } from '../domain/live.ts'
import { groupBy } from '../domain/group-by.ts'
import { faultInMountPath } from '../domain/name-faults.ts'
import {
  type RunningBinary,
  BUILTIN,
  compareText,
  configuredFromServer,
  type ConfiguredVersion,
  hashFromServer,
  isBuiltinVersion,
  type MountPath,
  mountPathIn,
  type Namespace,
  type NodeAddress,
  ROOT_NAMESPACE,
  parsePluginId,
  type PluginId,
  type PluginType,
  UNKNOWN_HASH,
  type Version,
  versionFromServer,
} from '../domain/names.ts'
import { isOverridable } from '../domain/overridable.ts'
import { authMounts, type MountAnswer, mountHelp, secretMounts } from '../server/answers/plugins.ts'
import { decode } from '../server/answers/shape.ts'
import type { Reader } from '../server/reader.ts'
import { shownPath } from '../server/request-path.ts'
import { errorWords, forwards, oddAnswer, refusal, whyOdd, whyUnread } from '../server/faults.ts'
import { readAuthMounts, readMountHelp, readSecretMounts } from '../server/requests.ts'

/** A mount as one node lists it. */
export interface ListedMount {
  readonly path: MountPath
  readonly namespace: Namespace
  readonly plugin: PluginId
  readonly accessor: string
  readonly configured_version: ConfiguredVersion
  readonly running_version: Version
  readonly running_sha256: RunningBinary
}

/** What one node lists: its own mounts, or that it sends such questions to the active node. */
export type NodeMounts =
  | {
      readonly kind: 'itself'
      readonly mounts: readonly ListedMount[]
      /** What it lists and no request can name. */
      readonly unusable: readonly Unreadable[]
      /** The running version of `sys/`, which tells the products apart; the root namespace's only. */
      readonly system_version: string
    }
  | { readonly kind: 'forwards' }
  /** `error`: the same, for who cannot go on without them. */
  | {
      readonly kind: 'unreadable'
      readonly unreadable: Unreadable
      readonly error: LockstepError
    }

/** The mounts of one namespace as one node runs them. */
export async function listMountsOfNode(
  reader: Reader,
  node: NodeAddress,
  namespace: Namespace,
): Promise<NodeMounts> {
  const requests = [readSecretMounts(namespace), readAuthMounts(namespace)] as const
  const answers = await Promise.all(requests.map((request) => reader.ask(node, request)))
  if (answers.some(forwards)) return { kind: 'forwards' }
  const listed: MountAnswer[][] = []
  for (const [index, answer] of answers.entries()) {
    const request = requests[index]
    if (request === undefined) continue
    const about = { what: 'mounts', path: `${namespace}${shownPath(request.path)}`, node } as const
    if (answer.status !== 200) {
      const unreadable = { ...about, ...whyUnread(answer) }
      return { kind: 'unreadable', unreadable, error: refusal(node, request, answer) }
    }
    const decoded = decode(index === 0 ? secretMounts : authMounts, answer.body)
    if (decoded.kind === 'odd') {
      const unreadable = { ...about, ...whyOdd(decoded.problem) }
      return { kind: 'unreadable', unreadable, error: oddAnswer(node, request, decoded.problem) }
    }
    listed.push([...decoded.value])
  }
  const [secret = [], auth = []] = listed
  const found = [...mountsOf('secret', secret, namespace), ...mountsOf('auth', auth, namespace)]
  return {
    kind: 'itself',
    system_version: secret.find(({ path }) => path === 'sys/')?.runningVersion ?? '',
    mounts: found.flatMap((item) => ('what' in item ? [] : item)),
    unusable: found.flatMap((item) => ('what' in item ? { ...item, node } : [])),
  }
}

/** The servers' own mounts, which are no plugins of anybody's. */
const SYSTEM_TYPES = /^(ns_)?(system|identity|cubbyhole|token)$/

function mountsOf(
  type: PluginType,
  listed: readonly MountAnswer[],
  namespace: Namespace,
): (ListedMount | Unreadable)[] {
  return listed.flatMap((mount) => {
    if (SYSTEM_TYPES.test(mount.type)) return []
    const full = type === 'auth' ? `auth/${mount.path}` : mount.path
    const plugin = parsePluginId(`${type}/${mount.type}`)
    const fault = faultInMountPath(full) ?? (plugin ? undefined : 'runs a plugin without a name')
    if (fault !== undefined || plugin === undefined) {
      return { what: 'mounts', path: `${namespace}${full}`, reason: `its path ${fault ?? ''}` }
    }
    const running_version = versionFromServer(mount.runningVersion)
    return {
      path: mountPathIn(namespace, full),
      namespace,
      plugin,
      accessor: mount.accessor,
      configured_version: configuredFromServer(mount.pluginVersion),
      running_version,
      running_sha256: runningBinary(plugin, running_version, mount.runningSha256),
    }
  })
}

/**
 * An empty hash alone is no builtin: OpenBao 2.7.2 lists one for an external process whose entry is
 * declared without `sha256sum`. Builtins are told by their version; Vault 1.21 copies a configured
 * version even where the plugin cannot be overridden.
 */
function runningBinary(plugin: PluginId, version: Version, listed: string): RunningBinary {
  const hash = hashFromServer(listed)
  if (hash !== UNKNOWN_HASH) return hash
  return isBuiltinVersion(version) || !isOverridable(plugin) ? BUILTIN : UNKNOWN_HASH
}

/** Asks the mount's backend itself whether it lives, on this node. */
export async function askMount(
  reader: Reader,
  node: NodeAddress,
  mount: { readonly path: MountPath; readonly namespace: Namespace },
): Promise<Pick<MountOnNode, 'answers' | 'detail'>> {
  try {
    const answer = await reader.ask(node, readMountHelp(mount.path, mount.namespace))
    if (answer.status === 200) {
      const decoded = decode(mountHelp, answer.body)
      // Whoever answered, it was not the backend.
      return decoded.kind === 'odd'
        ? { answers: 'unchecked', detail: whyOdd(decoded.problem).reason }
        : { answers: 'yes' }
    }
    // A right the token lacks says nothing about the backend.
    if (answer.status === 403 || forwards(answer)) {
      return { answers: 'unchecked', detail: errorWords(answer) || `HTTP ${answer.status}` }
    }
    return { answers: 'no', detail: errorWords(answer) || `HTTP ${answer.status}` }
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return { answers: 'no', detail: error.message }
  }
}

export interface MountsReading {
  readonly nodes: readonly LiveNode[]
  readonly mounts: readonly LiveMount[]
  readonly system_version: string
  readonly unreadable: readonly Unreadable[]
}

export interface MountsQuestion {
  readonly nodes: readonly LiveNode[]
  /** The root namespace's mounts of each node, asked for already, while the node was asked how it is. */
  readonly roots: ReadonlyMap<NodeAddress, Promise<NodeMounts>>
  readonly namespaces: readonly Namespace[]
  /** Which mounts are asked whether they answer. */
  readonly asks: (mount: ListedMount) => boolean
}

/**
 * Every serving node's mounts in every namespace, in parallel, joined by path; sorted. Throws a
 * LockstepError where the active node refuses those of the root.
 */
export async function readMounts(reader: Reader, question: MountsQuestion): Promise<MountsReading> {
  const serving = question.nodes.filter((node) => node.state === 'serving')
  const readings = await Promise.all(
    serving.flatMap((node) =>
      question.namespaces.map(async (namespace) => ({
        node,
        namespace,
        listed: await ((namespace === ROOT_NAMESPACE
          ? question.roots.get(node.address)
          : undefined) ?? listMountsOfNode(reader, node.address, namespace)),
      })),
    ),
  )
  const forwarding = new Set<NodeAddress>()
  const unreadable: Unreadable[] = []
  const views: NodeMount[] = []
  let systemVersion = ''
  for (const { node, namespace, listed } of readings) {
    if (listed.kind === 'forwards') forwarding.add(node.address)
    else if (listed.kind === 'unreadable') {
      // Without these there is nothing to say at all.
      if (namespace === ROOT_NAMESPACE && node.role === 'active') throw listed.error
      unreadable.push(listed.unreadable)
    } else {
      systemVersion ||= listed.system_version
      unreadable.push(...listed.unusable)
      views.push(...listed.mounts.map((mount) => ({ node, mount })))
    }
  }
  const joined = await joinViews(reader, views, question.asks)
  return {
    nodes: question.nodes.map((node) =>
      forwarding.has(node.address) ? { ...node, state: 'forwarding' } : node,
    ),
    mounts: joined.mounts,
    system_version: systemVersion,
    unreadable: [...unreadable, ...joined.unreadable],
  }
}

interface NodeMount {
  readonly node: LiveNode
  readonly mount: ListedMount
}

interface JoinedViews {
  readonly mounts: readonly LiveMount[]
  /** A node that lists another mount at a path than the active node does. */
  readonly unreadable: readonly Unreadable[]
}

async function joinViews(
  reader: Reader,
  views: readonly NodeMount[],
  asks: (mount: ListedMount) => boolean,
): Promise<JoinedViews> {
  const asked = await Promise.all(
    views.map(async (view) => ({
      ...view,
      answers: asks(view.mount)
        ? await askMount(reader, view.node.address, view.mount)
        : { answers: 'unchecked' as const },
    })),
  )
  const byPath = [...groupBy(asked, ({ mount }) => mount.path).values()]
  const joined = byPath.flatMap((group) => {
    // The active node's word is the cluster's.
    const told = group.find(({ node }) => node.role === 'active') ?? group[0]
    if (told === undefined) return []
    const { path, namespace, plugin, accessor, configured_version } = told.mount
    const nodes = group.map(({ node, mount, answers }) => ({
      node: node.address,
      configured_version: mount.configured_version,
      running_version: mount.running_version,
      running_sha256: mount.running_sha256,
      ...answers,
    }))
    return {
      mount: {
        ...{ path, namespace, plugin, accessor, configured_version },
        nodes: nodes.sort((a, b) => compareText(a.node, b.node)),
      },
      unreadable: group.flatMap((view) => anotherMount(view, told)),
    }
  })
  return {
    mounts: joined.map(({ mount }) => mount).sort((a, b) => compareText(a.path, b.path)),
    unreadable: joined.flatMap(({ unreadable }) => unreadable),
  }
}

/**
 * All nodes of a cluster have one mount table, so one of the two lists is wrong and nobody can tell
 * which: a standby may be behind a mount that was just made anew at the path.
 */
function anotherMount({ node, mount }: NodeMount, told: NodeMount): Unreadable[] {
  if (mount.plugin === told.mount.plugin && mount.accessor === told.mount.accessor) return []
  const name = ({ plugin, accessor }: ListedMount): string => `${plugin} (accessor ${accessor})`
  return [
    {
      what: 'mounts',
      path: mount.path,
      node: node.address,
      reason: `the node lists ${name(mount)} there, and ${told.node.address} lists ${name(told.mount)}`,
      fix: 'Run this again in a moment. If the nodes still disagree, restart that node: a node reads the mounts from storage when it starts.',
    },
  ]
}
