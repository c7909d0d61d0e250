/** Steps that nothing takes back when they fail. */
import type { Step } from '../../documents/plan.generated.ts'
import type { DesiredPlugin } from '../../domain/desired.ts'
import { groupBy } from '../../domain/group-by.ts'
import { type LiveIndex } from '../../domain/live-index.ts'
import type { LiveState } from '../../domain/live.ts'
import {
  BUILTIN,
  type MountPath,
  type RunningBinary,
  type NodeAddress,
  UNVERSIONED,
  versionLabel,
} from '../../domain/names.ts'
import type { DraftPlan } from '../../plan/make-plan.ts'
import type { MountTarget } from '../../plan/targets.ts'
import { isOverwritten } from '../../plan/rollback-target.ts'
import { type DataMove, findDataMoves, includesVersion } from '../data-moves.ts'
import { missingFiles } from '../needed-files.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { fileTopic } from '../topics.ts'
import { agree, nameSome } from '../wording.ts'

export const noRollback: PlanRule = {
  about: 'plan',
  name: 'no-rollback',
  severity: 'warning',
  title: 'A failed step could not be rolled back',
  explanation:
    'When a mount does not come up on its new version, it is tuned back to its old version and reloaded, which needs that version and its file. A mount without a version cannot be set to “no version” again. A mount whose old version is not registered any more, or whose file was replaced by the new binary under the same name, has nothing to start. While a plugin is pinned (Vault), every reload starts the pinned version. Such a mount, once it fails, stays down until a person fixes it; where it answers, it is not reloaded again. A rollback is a downgrade too: if the file says that the older version does not read what the newer one has written, a mount that is rolled back may come up without its data.',
  fix: 'Register the binary that runs now under its own version: list it under `versions`, and apply that first.',
  allowable: true,
  judge({ draft, live }) {
    const mounts = judgeMounts(draft)
    const placed = (verdict: Verdict): Verdict => {
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
      const lasts = action.kind === 'repoint' && plugin !== undefined && undo.length === 0
      return lasts ? { path: action.connection, plugin } : []
    })
    const connections = [...groupBy(repoints, ({ plugin }) => plugin)].map(([plugin, group]) => ({
      subject: plugin,
      message: `If the new version fails, ${nameSome(group.map(({ path }) => path))} cannot be rolled back: ${agree(group.length, 'the connection has', 'these connections have')} no version now, and a version once set cannot be cleared.`,
      fix: 'Try the version first on a connection that is not needed.',
    }))
    const data = findDataMoves(draft).flatMap(judgeRollbackData)
    return [...mounts, ...connections, ...data, ...judgeFiles(draft, live)].map(placed)
  },
}

/** What ran runs from memory: started again, it needs its file. */
function judgeFiles(draft: DraftPlan, live: LiveState): Verdict[] {
  const byFile = groupBy(missingFiles(draft, live, 'back'), ({ file }) => file)
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

/** A failed step is rolled back to what ran, over data that the newer version may have written by then. */
function judgeRollbackData({ plugin, from, to, direction, mounts }: DataMove): Verdict[] {
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

/**
 * A reload is its own undo only where something is known to run again after it. Where a mount is
 * down already there is nothing to lose.
 */
function findMountsWithoutRollback(
  { action, requires, undo, restores }: Step,
  index: LiveIndex,
): readonly MountPath[] {
  const isUp = (path: MountPath, node?: NodeAddress): boolean =>
    index
      .mountAt(path)
      ?.nodes.some((view) => view.answers !== 'no' && (node ?? view.node) === view.node) === true
  if (action.kind === 'tune') {
    const changes = requires.some(
      (fact) => fact.fact === 'mount' && fact.configured_version !== action.version,
    )
    return changes && undo.length === 0 && isUp(action.mount) ? [action.mount] : []
  }
  if (action.kind !== 'reload') return []
  const restored = new Set(restores.flatMap((fact) => (fact.fact === 'running' ? fact.mount : [])))
  return action.mounts.filter((mount) => !restored.has(mount) && isUp(mount, action.node))
}

/** A mount without a way back, with what it runs now. */
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
  const alike = groupBy(mounts, (mount) => `${mount.plugin.id} ${mount.sha256} ${causeOf(mount)}`)
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : judgeAlike(first, group, index)
  })
}

/** On the nodes that are to change, since the others may run the new one already. */
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
  'Make one mount the canary (`canary: true`) and try the plan on it when it may be down.'

/** What helps depends on what runs: an external binary can be registered, a builtin cannot. */
function judgeAlike(one: LostMount, group: readonly LostMount[], index: LiveIndex): Verdict {
  const { plugin, sha256 } = one
  const paths = group.map(({ target }) => target.mount.path)
  const found = { subject: plugin.id, mounts: paths }
  const nothing = `If the new ${plugin.id} fails, ${nameSome(paths)} cannot be rolled back to the binary that ${agree(paths.length, 'runs', 'run')} now`
  const pin = index.pinOf(plugin.id)
  if (pin !== undefined) {
    return {
      ...found,
      message: `${nothing}: ${plugin.id} is pinned to ${pin}, which every reload starts.`,
      fix: `Delete the pin (\`vault delete sys/plugins/pins/${plugin.id}\`) and plan again: then a version is tuned to, and can be tuned back.`,
    }
  }
  const cause = causeOf(one)
  const isUnversioned = group.every(({ target }) => target.mount.configured_version === UNVERSIONED)
  if (cause === 'builtin' && isUnversioned && index.mayDoubleNamespaces) {
    return {
      ...found,
      message: `${nothing}: that would be the builtin’s version, which is not tuned to where there are, or may be, namespaces (\`lockstep explain builtin-version-with-namespaces\`).`,
      fix: 'Override the builtin without a version (`use: unversioned`): deregistering rolls that back.',
    }
  }
  if (cause === 'builtin') return { ...found, message: `${nothing}.`, fix: ON_A_CANARY }
  if (cause === 'same binary') {
    return {
      ...found,
      message: `${nothing}: the binary stays the same, and what it was registered with before is in no journal of this machine.`,
      fix: ON_A_CANARY,
    }
  }
  const entry = index.externals(plugin.id).find((known) => known.sha256 === sha256)
  const command = entry?.command
  if (command !== undefined && isOverwritten(plugin, { command, sha256 })) {
    return {
      ...found,
      topics: plugin.versions.filter((version) => version.command === command).map(fileTopic),
      message: `${nothing}: the file ${command} holds the new binary, or is about to, and one file is one binary.`,
      fix: `Copy the new binary under its own file name on every node, write that as \`command\`, and leave ${command} as it is (SHA-256 ${sha256}).`,
    }
  }
  return {
    ...found,
    message: `${nothing}: that binary is registered under no version that ${agree(paths.length, 'it', 'they')} could be tuned to.`,
    fix: `List the binary that runs now (${command === undefined ? '' : `${command}, `}SHA-256 ${sha256}) under \`versions\` with its own version, apply that first, then plan again.`,
  }
}
