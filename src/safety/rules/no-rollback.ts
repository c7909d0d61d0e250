/** Steps that cannot be rolled back if they fail. */
import type { Step } from '../../documents/plan.generated.ts'
import type { DesiredPlugin } from '../../domain/desired.ts'
import { groupBy } from '../../domain/group-by.ts'
import { type LiveIndex } from '../../domain/live-index.ts'
import type { LiveState } from '../../domain/live.ts'
import {
  BUILTIN,
  type MountPath,
  type RunningBinary,
  UNVERSIONED,
  versionLabel,
} from '../../domain/names.ts'
import type { DraftPlan } from '../../plan/make-plan.ts'
import type { MountTarget } from '../../plan/targets.ts'
import { isOverwritten } from '../../plan/rollback-target.ts'
import { type DataChange, findDataChanges, includesVersion } from '../data-changes.ts'
import { missingFiles } from '../needed-files.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { fileTopic } from '../topics.ts'
import { findUnrestoredMounts, isUp } from '../unrestored-mounts.ts'
import { agree, nameSome } from '../wording.ts'

export const noRollback: PlanRule = {
  about: 'plan',
  name: 'no-rollback',
  severity: 'warning',
  title: 'A failed step could not be rolled back',
  explanation:
    'If a mount does not come up on its new version, it is tuned to its old version and reloaded, which needs that version and its file. A mount that had no version cannot be set to “no version” again. If the old version is not registered any more, or its file was replaced under the same name, nothing can be started. While a plugin is pinned (Vault), every reload starts the pinned version. Such a mount stays down until a person fixes it; on nodes that still answer, it is not reloaded. A rollback is a downgrade: if the older version does not read the newer data, the mount may come up without its data.',
  fix: 'Register the binary that runs now under its own version: list it under `versions`, and apply that first.',
  allowable: true,
  judge({ draft, live }) {
    const mounts = judgeMounts(draft)
    const withPlace = (verdict: Verdict): Verdict => {
      const at = draft.targets.find(({ plugin }) => plugin.id === verdict.subject)?.plugin.source
      return at === undefined ? verdict : { at, ...verdict }
    }
    const plugins = new Map(
      draft.targets.flatMap(({ targets }) =>
        targets.connections.map(({ connection }) => [connection.path, connection.plugin]),
      ),
    )
    const repoints = draft.steps.flatMap(({ action, undo }) => {
      const plugin = action.kind === 'repoint' ? plugins.get(action.connection) : undefined
      const isPermanent = action.kind === 'repoint' && plugin !== undefined && undo.length === 0
      return isPermanent ? { path: action.connection, plugin } : []
    })
    const connections = [...groupBy(repoints, ({ plugin }) => plugin)].map(([plugin, group]) => ({
      subject: plugin,
      message: `If the new version fails, ${nameSome(group.map(({ path }) => path))} cannot be rolled back: ${agree(group.length, 'the connection has', 'these connections have')} no version now, and a version once set cannot be cleared.`,
      fix: 'Try the version first on a connection that is not needed.',
    }))
    const data = findDataChanges(draft).flatMap(judgeRollbackData)
    return [...mounts, ...connections, ...data, ...judgeFiles(draft, live)].map(withPlace)
  },
}

/** The old process runs from memory, but its file is needed to start it again. */
function judgeFiles(draft: DraftPlan, live: LiveState): Verdict[] {
  const byFile = groupBy(missingFiles(draft, live, 'rollback'), ({ file }) => file)
  return [...byFile].map(([{ plugin, version, command }, missing]) => {
    const nodes = missing.map(({ node }) => node)
    return {
      subject: plugin,
      message: `If the new ${plugin} fails, ${versionLabel(version)} cannot be started again on ${nameSome(nodes)}: its file ${command} is not in the plugin directory there.`,
      fix: `Copy ${command} back to the plugin directory there, and plan again.`,
      nodes,
    }
  })
}

/**
 * A failed step is rolled back to the old version, but the newer version may have written data
 * meanwhile.
 */
function judgeRollbackData({ plugin, from, to, direction, mounts }: DataChange): Verdict[] {
  const declared = to.entry?.data.downgradeTo
  if (direction !== 'up' || from.version === undefined || declared === undefined) return []
  if (includesVersion(declared, from.version)) return []
  return [
    {
      subject: plugin.id,
      message: `If the new ${plugin.id} fails, ${nameSome(mounts)} ${agree(mounts.length, 'rolls', 'roll')} back to ${from.label}, which does not read what ${to.label} writes: the file says that only ${declared} does.`,
      fix: 'Save the data first (a snapshot of the cluster), or try the new version on a mount that may lose its data.',
      mounts,
      at: to.entry?.source ?? plugin.source,
    },
  ]
}

/** The mounts of a step that its rollback does not start again. */
function findMountsWithoutRollback(step: Step, index: LiveIndex): readonly MountPath[] {
  const { action, requires, undo } = step
  if (action.kind !== 'tune') return findUnrestoredMounts(step, index)
  const changes = requires.some(
    (fact) => fact.fact === 'mount' && fact.configured_version !== action.version,
  )
  return changes && undo.length === 0 && isUp(index, action.mount) ? [action.mount] : []
}

/** A mount that cannot be rolled back, with what it runs now. */
interface LostMount {
  readonly plugin: DesiredPlugin
  readonly target: MountTarget
  readonly sha256: RunningBinary
}

function judgeMounts(draft: DraftPlan): Verdict[] {
  const { index } = draft
  const lost = new Set(draft.steps.flatMap((step) => findMountsWithoutRollback(step, index)))
  const mounts = draft.targets.flatMap(({ plugin, targets }) =>
    targets.mounts
      .filter(({ mount }) => lost.has(mount.path))
      .map((target): LostMount => ({ plugin, target, sha256: runsNow(target) })),
  )
  const groups = groupBy(mounts, (mount) => `${mount.plugin.id} ${mount.sha256} ${causeOf(mount)}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : judgeGroup(first, group, index)
  })
}

/**
 * The binary that runs on a node that the plan changes: other nodes may run the new binary already.
 */
function runsNow({ mount, sha256 }: MountTarget): RunningBinary {
  const up = mount.nodes.filter(({ answers }) => answers !== 'no')
  const stale = up.find((view) => view.running_sha256 !== sha256)
  return (stale ?? up[0])?.running_sha256 ?? BUILTIN
}

function causeOf({ target, sha256 }: LostMount): 'same binary' | 'builtin' | 'binary' {
  if (sha256 === target.sha256) return 'same binary'
  return sha256 === BUILTIN ? 'builtin' : 'binary'
}

const ON_A_CANARY =
  'Make one mount the canary (`canary: true`) and apply at a time when it may be down.'

/** The fix depends on what runs: an external binary can be registered, a builtin cannot. */
function judgeGroup(first: LostMount, group: readonly LostMount[], index: LiveIndex): Verdict {
  const { plugin, sha256 } = first
  const paths = group.map(({ target }) => target.mount.path)
  const started = plugin.versions.filter(({ version }) => version === first.target.version)
  const found = { subject: plugin.id, mounts: paths, topics: started.map(fileTopic) }
  const cannotRollBack = `If the new ${plugin.id} fails, ${nameSome(paths)} cannot be rolled back to the binary that ${agree(paths.length, 'it runs', 'they run')} now`
  const pin = index.pinOf(plugin.id)
  if (pin !== undefined) {
    return {
      ...found,
      message: `${cannotRollBack}: ${plugin.id} is pinned to ${pin}, which every reload starts.`,
      fix: `Delete the pin (\`vault delete sys/plugins/pins/${plugin.id}\`) and plan again: then a tune changes the version, and another tune rolls it back.`,
    }
  }
  const cause = causeOf(first)
  const isUnversioned = group.every(({ target }) => target.mount.configured_version === UNVERSIONED)
  if (cause === 'builtin' && isUnversioned && index.mayDoubleNamespaces) {
    return {
      ...found,
      message: `${cannotRollBack}: it would be tuned to the builtin’s version, which is not safe on a cluster that has, or may have, namespaces (\`lockstep explain builtin-version-with-namespaces\`).`,
      fix: 'Override the builtin without a version (`use: unversioned`): deregistering rolls that back.',
    }
  }
  if (cause === 'builtin') return { ...found, message: `${cannotRollBack}.`, fix: ON_A_CANARY }
  if (cause === 'same binary') {
    return {
      ...found,
      message: `${cannotRollBack}: only the entry of the same binary changes, and no journal of this machine has the entry from before.`,
      fix: ON_A_CANARY,
    }
  }
  const entry = index.externals(plugin.id).find((known) => known.sha256 === sha256)
  const command = entry?.command
  if (command !== undefined && isOverwritten(plugin, { command, sha256 })) {
    return {
      ...found,
      topics: plugin.versions
        .filter((entry) => entry === started[0] || entry.command === command)
        .map(fileTopic),
      message: `${cannotRollBack}: the file ${command} holds the new binary, or will hold it.`,
      fix: `Copy the new binary under its own file name on every node, write that as \`command\`, and leave ${command} as it is (SHA-256 ${sha256}).`,
    }
  }
  return {
    ...found,
    message: `${cannotRollBack}: that binary is registered under no version, so no tune leads to it.`,
    fix: `List the binary that runs now (${command === undefined ? '' : `${command}, `}SHA-256 ${sha256}) under \`versions\` with its own version, apply that first, then plan again.`,
  }
}
