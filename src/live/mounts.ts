/**
 * Reads one node's own view of its mounts: configured and running version, and whether a mount's
 * backend answers.
 */
import { LockstepError } from '../domain/errors.ts'
import type { LiveNode, MountOnNode, Unreadable } from '../domain/live.ts'
import { findProblemInMountPath } from '../domain/name-problems.ts'
import {
  type RunningBinary,
  BUILTIN,
  configuredFromServer,
  type ConfiguredVersion,
  hashFromServer,
  isBuiltinVersion,
  type MountPath,
  mountPathIn,
  type Namespace,
  type NodeAddress,
  pathInNamespace,
  parsePluginId,
  type PluginId,
  type PluginType,
  UNKNOWN_HASH,
  type Version,
  versionFromServer,
} from '../domain/names.ts'
import { isOverridable } from '../domain/overridable.ts'
import {
  authMounts,
  type MountAnswer,
  mountHelp,
  oneMount,
  secretMounts,
} from '../server/answers/plugins.ts'
import { decode } from '../server/answers/shape.ts'
import type { Reader } from '../server/reader.ts'
import { shownPath } from '../server/request-path.ts'
import {
  errorWords,
  isForwarded,
  unexpectedAnswerError,
  refusalError,
  describeUnexpectedShape,
  describeUnread,
} from '../server/faults.ts'
import {
  readAuthMounts,
  readMountHelp,
  readOneMount,
  readSecretMounts,
} from '../server/requests.ts'

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

/**
 * The list of one node: its own mounts, or the fact that it forwards such requests to the active
 * node.
 */
export type NodeMounts =
  | {
      readonly kind: 'itself'
      readonly mounts: readonly ListedMount[]
      /** Listed mounts that no request can name. */
      readonly unusable: readonly Unreadable[]
      /**
       * The running version of `sys/`, which shows the product. Only set for the root namespace.
       */
      readonly system_version: string
    }
  | { readonly kind: 'forwards' }
  /** `error`: the same reason, for a caller that cannot continue without the list. */
  | {
      readonly kind: 'unreadable'
      readonly unreadable: Unreadable
      readonly error: LockstepError
    }

/** The list of one node in one namespace. */
export interface NodeList {
  readonly node: LiveNode
  readonly namespace: Namespace
  readonly listed: NodeMounts
}

/**
 * Reads the mounts of one namespace as one node runs them. Throws a LockstepError if no answer
 * came.
 */
export async function listMountsOfNode(
  reader: Reader,
  node: NodeAddress,
  namespace: Namespace,
): Promise<NodeMounts> {
  const requests = [readSecretMounts(namespace), readAuthMounts(namespace)] as const
  const answers = await Promise.all(requests.map((request) => reader.ask(node, request)))
  if (answers.some(isForwarded)) return { kind: 'forwards' }
  const listed: MountAnswer[][] = []
  for (const [index, answer] of answers.entries()) {
    const request = requests[index]
    if (request === undefined) continue
    const about = { what: 'mounts', path: `${namespace}${shownPath(request.path)}`, node } as const
    if (answer.status !== 200) {
      const unreadable = { ...about, ...describeUnread(answer) }
      return { kind: 'unreadable', unreadable, error: refusalError(node, request, answer) }
    }
    const decoded = decode(index === 0 ? secretMounts : authMounts, answer.body)
    if (decoded.kind === 'odd') {
      const unreadable = { ...about, ...describeUnexpectedShape(decoded.problem) }
      return {
        kind: 'unreadable',
        unreadable,
        error: unexpectedAnswerError(node, request, decoded.problem),
      }
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

/**
 * Reads one mount as one node runs it. Undefined if the answer does not describe the mount, for any
 * reason: only the list shows whether a mount is absent. Throws a LockstepError if no answer came.
 */
export async function readMount(
  reader: Reader,
  node: NodeAddress,
  { path, namespace }: Pick<ListedMount, 'path' | 'namespace'>,
): Promise<ListedMount | undefined> {
  const answer = await reader.ask(node, readOneMount(path, namespace))
  if (answer.status !== 200) return undefined
  const inside = pathInNamespace(path, namespace)
  const [type, shown] = inside.startsWith('auth/')
    ? (['auth', inside.slice('auth/'.length)] as const)
    : (['secret', inside] as const)
  const decoded = decode(oneMount(shown), answer.body)
  if (decoded.kind === 'odd') return undefined
  const [mount] = mountsOf(type, [decoded.value], namespace)
  return mount === undefined || 'what' in mount ? undefined : mount
}

/** The servers' own mounts, which run no registered plugin. */
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
    const problem =
      findProblemInMountPath(full) ?? (plugin ? undefined : 'runs a plugin without a name')
    if (problem !== undefined || plugin === undefined) {
      return { what: 'mounts', path: `${namespace}${full}`, reason: `its path ${problem ?? ''}` }
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
 * An empty hash does not prove a builtin: OpenBao 2.7.2 lists one for an external process whose
 * entry is declared without `sha256sum`. A builtin is recognized by its version. For a plugin that
 * cannot be overridden the version proves nothing (Vault 1.21 copies the configured one), but it is
 * always a builtin.
 */
function runningBinary(plugin: PluginId, version: Version, listed: string): RunningBinary {
  const hash = hashFromServer(listed)
  if (hash !== UNKNOWN_HASH) return hash
  return isBuiltinVersion(version) || !isOverridable(plugin) ? BUILTIN : UNKNOWN_HASH
}

/**
 * Asks the mount's own backend on this node whether it answers. Never throws a LockstepError: no
 * answer is `no`.
 */
export async function askMount(
  reader: Reader,
  node: NodeAddress,
  mount: { readonly path: MountPath; readonly namespace: Namespace },
): Promise<Pick<MountOnNode, 'answers' | 'detail'>> {
  try {
    const answer = await reader.ask(node, readMountHelp(mount.path, mount.namespace))
    if (answer.status === 200) {
      const decoded = decode(mountHelp, answer.body)
      // The answer is not from the backend.
      return decoded.kind === 'odd'
        ? { answers: 'unchecked', detail: describeUnexpectedShape(decoded.problem).reason }
        : { answers: 'yes' }
    }
    // A missing right of the token says nothing about the backend.
    if (answer.status === 403 || isForwarded(answer)) {
      return { answers: 'unchecked', detail: errorWords(answer) || `HTTP ${answer.status}` }
    }
    return { answers: 'no', detail: errorWords(answer) || `HTTP ${answer.status}` }
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return { answers: 'no', detail: error.message }
  }
}
