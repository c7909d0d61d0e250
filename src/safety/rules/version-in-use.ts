/** A version to retire that is still used after the plan's own changes. */
import type { DesiredPlugin, DesiredState } from '../../domain/desired.ts'
import { unreachable } from '../../domain/errors.ts'
import type { LiveMount, LiveState } from '../../domain/live.ts'
import { latestOf } from '../../domain/latest.ts'
import {
  LATEST,
  type PluginId,
  UNVERSIONED,
  type Version,
  versionLabel,
} from '../../domain/names.ts'
import { groupBy } from '../../domain/group-by.ts'
import { findUses, type VersionUse, type UsedEntry } from '../../plan/uses.ts'
import { type Effects, effectsOf } from '../effects.ts'
import type { PlanRule, RuleInput, Verdict } from '../rule.ts'
import { entryTopic, nodeTopic, pathTopic, pinTopic } from '../topics.ts'
import { nameSome } from '../wording.ts'

export const versionInUse: PlanRule = {
  about: 'plan',
  name: 'version-in-use',
  severity: 'error',
  title: 'A version to be retired is still in use',
  explanation:
    'Servers accept the deregistration of a version that something uses, and nothing happens at first. At the next reload, restart or change of leader the mount is gone, on every node. Vault then keeps it read-only even when the version is registered again, until a node steps down or restarts. So a version is deregistered only if no mount, connection, pin or process uses it after the plan’s own changes. What could not be read counts as a use, and so does a `use` of the version in the file.',
  fix: 'Change what uses the version with `use`, or remove the version from `retire` until nothing uses it.',
  allowable: false,
  judge(input) {
    const { desired, live, draft } = input
    const effects = effectsOf(draft)
    const desiredUses = findDesiredUses(desired)
    // What could not be read blocks every version, so it is computed once.
    let unknown: readonly VersionUse[] | undefined
    return draft.targets.flatMap(({ plugin, targets }) => {
      if (plugin.retire.length === 0) return []
      const reverting = new Set(
        targets.mounts.filter(({ use }) => use.kind === 'builtin').map(({ mount }) => mount.path),
      )
      const after = stateAfter(input, plugin.id, effects, (mount) => reverting.has(mount.path))
      const following = draft.index
        .mountsOf(plugin.id)
        .filter(
          ({ path, configured_version }) => configured_version === LATEST && !effects.tunes(path),
        )
      /** Mounts on `latest` that the plan does not tune start the version until it is retired. */
      const followersOf = (version: Version): VersionUse[] =>
        isLatestWith(after, plugin.id, version)
          ? following.map(({ path: mount }) => ({
              kind: 'mount',
              description: `${mount} is configured for latest and starts it`,
              mount,
            }))
          : []
      return plugin.retire.flatMap(({ version, source: at }): Verdict[] => {
        const inFile = desiredUses(plugin, version)
        const entry = draft.index.external(plugin.id, version)
        // A version that is not registered is not deregistered: only the file can contradict itself.
        if (entry !== undefined) unknown ??= unknownUses(live, entry)
        const uses =
          entry === undefined
            ? []
            : [...findUses(after, entry), ...(unknown ?? []), ...followersOf(version)]
        const described = [...inFile, ...uses.map(({ description }) => description)]
        if (described.length === 0) return []
        const until = uses.length === 0 ? 'The file retires' : 'The plan would deregister'
        const isSeen = inFile.length > 0 || uses.some(({ kind }) => kind !== 'unreadable')
        const name = `${plugin.id} ${versionLabel(version)}`
        return [
          {
            subject: plugin.id,
            message: isSeen
              ? `${until} ${name} while it is still used: ${nameSome(described)}.`
              : `${until} ${name}, and its use cannot be checked: ${nameSome(described)}.`,
            ...(!isSeen && { fix: LET_IT_BE_READ }),
            mounts: uses.flatMap(({ mount }) => mount ?? []),
            nodes: uses.flatMap(({ node }) => node ?? []),
            topics: [entryTopic(plugin.id, version), ...causesOf(uses, plugin.id, isSeen)],
            at,
          },
        ]
      })
    })
  },
}

/** True if the version is higher than every version that is registered after the plan. */
function isLatestWith({ catalog }: LiveState, plugin: PluginId, version: Version): boolean {
  const left = catalog.filter((entry) => entry.plugin === plugin && !entry.builtin)
  return latestOf([version, ...left.map((entry) => entry.version)]) === version
}

/** If no use was seen: the topics of what could not be read. Else the pin, if there is one. */
function causesOf(
  uses: readonly VersionUse[],
  plugin: PluginId,
  isSeen: boolean,
): readonly string[] {
  if (isSeen) return uses.some(({ kind }) => kind === 'pin') ? [pinTopic(plugin)] : []
  return uses.flatMap(({ node, path }) => [
    ...(node === undefined ? [] : [nodeTopic(node)]),
    ...(path === undefined ? [] : [pathTopic(path)]),
  ])
}

const LET_IT_BE_READ =
  'Make it readable (`lockstep policy` prints the rights; start a node that is away), or remove the version from `retire` until then.'

/** The uses of a version in the file itself. */
function findDesiredUses(
  desired: DesiredState,
): (plugin: DesiredPlugin, version: Version) => string[] {
  const holders = groupBy(
    [...desired.mounts, ...desired.connections].filter(({ use }) => use !== undefined),
    ({ plugin }) => plugin,
  )
  return (plugin, version) => [
    ...(plugin.use !== undefined && usesVersion(plugin.use.value, version)
      ? ['the file has the plugin’s mounts use it']
      : []),
    ...(holders.get(plugin.id) ?? [])
      .filter(({ use }) => use !== undefined && usesVersion(use.value, version))
      .map(({ path }) => `the file has ${path} use it`),
    ...(plugin.versions.some((kept) => kept.version === version)
      ? ['the file lists it under versions']
      : []),
  ]
}

function usesVersion(use: NonNullable<DesiredPlugin['use']>['value'], version: Version): boolean {
  switch (use.kind) {
    case 'version':
      return use.version === version
    case 'unversioned':
      return version === UNVERSIONED
    case 'builtin':
    case 'latest':
      return false
    default:
      return unreachable(use)
  }
}

// Stands for the builtin if its own version is unknown. No entry has this version.
const COMPILED_IN = '+builtin' as Version

/** The cluster after the plan's changes, for the entries of one plugin. */
function stateAfter(
  { live, draft }: RuleInput,
  plugin: PluginId,
  effects: Effects,
  reverts: (mount: LiveMount) => boolean,
): LiveState {
  const mounts = draft.index.mountsOf(plugin).map((before) => {
    const mount = effects.mountAfter(before)
    // A mount without a version uses the unversioned entry, unless the plan returns it to the
    // builtin.
    return mount.configured_version === UNVERSIONED && reverts(mount)
      ? { ...mount, configured_version: COMPILED_IN }
      : mount
  })
  return {
    ...live,
    // Needed to know which version `latest` means after the plan.
    catalog: [
      ...draft.index
        .externals(plugin)
        .filter(({ version }) => !effects.deregisters(plugin, version)),
      ...effects.registeredOf(plugin).map(({ version, entry }) => ({
        plugin,
        version,
        builtin: false,
        sha256: entry.sha256,
      })),
    ],
    mounts,
    connections: draft.index
      .connectionsOf(plugin)
      .map((connection) => effects.connectionAfter(connection)),
    nodes: [],
    unreadable: [],
  }
}

function unknownUses(live: LiveState, entry: UsedEntry): readonly VersionUse[] {
  return findUses({ ...live, mounts: [], connections: [], pins: [] }, entry)
}
