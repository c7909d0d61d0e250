/** A version is to be retired, and something still uses it when the plan's own moves are done. */
import type { DesiredPlugin, DesiredState } from '../../domain/desired.ts'
import { unreachable } from '../../domain/errors.ts'
import type { LiveMount, LiveState } from '../../domain/live.ts'
import { type PluginId, UNVERSIONED, type Version, versionLabel } from '../../domain/names.ts'
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
    'Servers accept the deregistration of a version that something uses, and nothing happens at first. At the next reload, restart or change of leader the mount is gone, on every node. Vault then keeps it read-only even when the version is registered again, until a node steps down or restarts. So a version is deregistered only where no mount, connection, pin or process would use it when the plan’s own moves are done. What could not be read counts as a use, and so does what the file itself still wants the version for.',
  fix: 'Move what uses it with `use`, or take the version out of `retire` until nothing does.',
  allowable: false,
  judge(input) {
    const { desired, live, draft } = input
    const effects = effectsOf(draft)
    const wanted = findDesiredUses(desired)
    // What could not be read is in every version's way: found once.
    let unknown: readonly VersionUse[] | undefined
    return draft.targets.flatMap(({ plugin, targets }) => {
      if (plugin.retire.length === 0) return []
      const reverting = new Set(
        targets.mounts.filter(({ use }) => use.kind === 'builtin').map(({ mount }) => mount.path),
      )
      const after = stateAfter(input, plugin.id, effects, (mount) => reverting.has(mount.path))
      return plugin.retire.flatMap(({ version, source: at }): Verdict[] => {
        const said = wanted(plugin, version)
        const entry = draft.index.external(plugin.id, version)
        // What is not registered is not deregistered; only the file may contradict itself.
        if (entry !== undefined) unknown ??= unknownUses(live, entry)
        const uses = entry === undefined ? [] : [...findUses(after, entry), ...(unknown ?? [])]
        const described = [...said, ...uses.map(({ description }) => description)]
        if (described.length === 0) return []
        const until = uses.length === 0 ? 'The file retires' : 'The plan would deregister'
        const isSeen = said.length > 0 || uses.some(({ kind }) => kind !== 'unreadable')
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

/** If no use was seen, what could not be read. A pin comes before every other use. */
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
  'See that it can be read (`lockstep policy` prints the rights; a node that is away has to come back), or take the version out of `retire` until it is.'

/** What the file itself still wants a version for. */
function findDesiredUses(
  desired: DesiredState,
): (plugin: DesiredPlugin, version: Version) => string[] {
  const holders = groupBy(
    [...desired.mounts, ...desired.connections].filter(({ use }) => use !== undefined),
    ({ plugin }) => plugin,
  )
  return (plugin, version) => [
    ...(plugin.use !== undefined && wants(plugin.use.value, version)
      ? ['the file has the plugin’s mounts use it']
      : []),
    ...(holders.get(plugin.id) ?? [])
      .filter(({ use }) => use !== undefined && wants(use.value, version))
      .map(({ path }) => `the file has ${path} use it`),
    ...(plugin.versions.some((kept) => kept.version === version)
      ? ['the file lists it under versions']
      : []),
  ]
}

function wants(use: NonNullable<DesiredPlugin['use']>['value'], version: Version): boolean {
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

// Stands for the builtin where its own version is hidden; no entry has it.
const COMPILED_IN = '+builtin' as Version

/** The cluster when the plan's moves are done, as far as one plugin's entries are concerned. */
function stateAfter(
  { live, draft }: RuleInput,
  plugin: PluginId,
  effects: Effects,
  reverts: (mount: LiveMount) => boolean,
): LiveState {
  const mounts = draft.index.mountsOf(plugin).map((before) => {
    const mount = effects.mountAfter(before)
    // Without a version it uses the unversioned entry, unless that goes and the builtin is meant.
    return mount.configured_version === UNVERSIONED && reverts(mount)
      ? { ...mount, configured_version: COMPILED_IN }
      : mount
  })
  return {
    ...live,
    // What `latest` comes to then.
    catalog: [
      ...live.catalog.filter((one) => !effects.deregisters(one.plugin, one.version)),
      ...effects.registered.map(({ plugin, version, entry }) => ({
        plugin,
        version,
        builtin: false,
        sha256: entry.sha256,
      })),
    ],
    mounts,
    connections: draft.index.connectionsOf(plugin).map((one) => effects.connectionAfter(one)),
    nodes: [],
    unreadable: [],
  }
}

function unknownUses(live: LiveState, entry: UsedEntry): readonly VersionUse[] {
  return findUses({ ...live, mounts: [], connections: [], pins: [] }, entry)
}
