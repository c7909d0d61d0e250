/**
 * Computes the state after the steps of a draft: what is then registered, tuned, reloaded and
 * repointed. It says nothing about what the file asks for.
 */
import type { RegisterAction } from '../documents/plan.generated.ts'
import type { LiveConnection, LiveMount } from '../domain/live.ts'
import {
  type ConnectionPath,
  BUILTIN,
  type ConfiguredVersion,
  isBuiltinVersion,
  LATEST,
  type MountPath,
  type NodeAddress,
  type PluginId,
  type RunningBinary,
  UNVERSIONED,
  type Version,
} from '../domain/names.ts'
import { unreachable } from '../domain/errors.ts'
import { groupBy } from '../domain/group-by.ts'
import { remember } from '../domain/remember.ts'
import type { DraftPlan } from '../plan/make-plan.ts'
import { oncePerDraft } from './once-per-draft.ts'

export interface Effects {
  readonly registered: readonly RegisterAction[]
  registeredOf(plugin: PluginId): readonly RegisterAction[]
  registers(plugin: PluginId, version: Version): boolean
  deregisters(plugin: PluginId, version: Version): boolean
  tunes(mount: MountPath): boolean
  /** On this node; on any node if none is given. */
  reloads(mount: MountPath, node?: NodeAddress): boolean
  /** What the mount is configured for after the last step. */
  configuredAfter(mount: LiveMount): ConfiguredVersion
  /** The mount after the last step. */
  mountAfter(mount: LiveMount): LiveMount
  connectionAfter(connection: LiveConnection): LiveConnection
}

export const effectsOf = oncePerDraft(readEffects)

function readEffects(draft: DraftPlan): Effects {
  const registered = new Map<string, RegisterAction>()
  const deregistered = new Set<string>()
  const tuned = new Map<MountPath, ConfiguredVersion>()
  const reloaded = new Map<NodeAddress, Map<MountPath, LoadedBinary>>()
  const repointed = new Map<ConnectionPath, Version>()
  for (const { action, ensures } of draft.steps) {
    switch (action.kind) {
      case 'register':
        registered.set(entryKey(action.plugin, action.version), action)
        break
      case 'deregister':
        deregistered.add(entryKey(action.plugin, action.version))
        break
      case 'enable':
      case 'check':
        break
      case 'tune':
        tuned.set(action.mount, action.version)
        break
      case 'repoint':
        repointed.set(action.connection, action.version)
        break
      case 'reload':
        for (const fact of ensures) {
          if (fact.fact !== 'running') continue
          remember(reloaded, fact.node, () => new Map()).set(fact.mount, fact)
        }
        break
      default:
        unreachable(action)
    }
  }
  const ofPlugin = groupBy([...registered.values()], ({ plugin }) => plugin)
  const configuredAfter = (mount: LiveMount): ConfiguredVersion =>
    tuned.get(mount.path) ?? mount.configured_version
  const reloads = (mount: MountPath, node?: NodeAddress): boolean =>
    node === undefined
      ? [...reloaded.values()].some((mounts) => mounts.has(mount))
      : reloaded.get(node)?.has(mount) === true
  return {
    registered: [...registered.values()],
    registeredOf: (plugin) => ofPlugin.get(plugin) ?? [],
    registers: (plugin, version) => registered.has(entryKey(plugin, version)),
    deregisters: (plugin, version) => deregistered.has(entryKey(plugin, version)),
    tunes: (mount) => tuned.has(mount),
    reloads,
    configuredAfter,
    mountAfter(mount) {
      const version = configuredAfter(mount)
      if (!reloads(mount.path) && version === mount.configured_version) return mount
      return {
        ...mount,
        configured_version: version,
        nodes: mount.nodes.map((view) => {
          const loaded = reloaded.get(view.node)?.get(mount.path)
          if (loaded === undefined) return { ...view, configured_version: version }
          return {
            node: view.node,
            configured_version: version,
            running_version: runningVersion(draft, mount.plugin, version, loaded),
            running_sha256: loaded.sha256,
            answers: 'yes' as const,
          }
        }),
      }
    },
    connectionAfter(connection) {
      const version = repointed.get(connection.path)
      return version === undefined ? connection : { ...connection, version }
    },
  }
}

function entryKey(plugin: PluginId, version: Version): string {
  return `${plugin} ${version}`
}

/** What a reload loads. */
interface LoadedBinary {
  readonly sha256: RunningBinary
  readonly version?: Version
}

/**
 * The version that servers list as running. They copy it from the configuration, except for
 * builtins and for `latest`.
 */
function runningVersion(
  draft: DraftPlan,
  plugin: PluginId,
  configured: ConfiguredVersion,
  { sha256, version }: LoadedBinary,
): Version {
  if (configured === LATEST) return version ?? UNVERSIONED
  if (sha256 !== BUILTIN || isBuiltinVersion(configured)) return configured
  return draft.index.builtinVersion(plugin) ?? UNVERSIONED
}
