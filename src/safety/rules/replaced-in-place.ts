/** Mounts of an entry get another binary, and the binary that they run now cannot start again. */
import type { DesiredState, DesiredVersion } from '../../domain/desired.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { LiveState } from '../../domain/live.ts'
import {
  BUILTIN,
  isOtherBinary,
  LATEST,
  type NodeAddress,
  versionLabel,
} from '../../domain/names.ts'
import type { DraftPlan } from '../../plan/make-plan.ts'
import type { MountTarget } from '../../plan/targets.ts'
import { isChecked } from '../needed-files.ts'
import type { PlanRule, RuleInput, Verdict } from '../rule.ts'
import { BINARY_CHECK_TOPIC, fileTopic } from '../topics.ts'
import { agree, nameSome } from '../wording.ts'

export const replacedInPlace: PlanRule = {
  about: 'plan',
  name: 'replaced-in-place',
  severity: 'error',
  title: 'A binary is replaced in place, without a rollback or a check of every node',
  explanation:
    'If an entry gets another binary under its own name, and the old binary is registered under no version, no step can be rolled back: the old binary cannot be started again. Servers compare the hash only when they start the plugin. On a node that still has the old file, the reload fails, and the mount is down until a person copies the right file. So such a plan is blocked unless `cluster.binary_check` has read the new file on every node.',
  fix: 'Set `cluster.binary_check` in the file, so that the file on every node is checked before the first step. For the next upgrade, give the new binary its own file name and version.',
  allowable: true,
  judge(input) {
    const { draft } = input
    const lost = reloadsWithoutRollback(draft)
    return draft.targets.flatMap(({ plugin, targets }) => {
      const replaced = targets.mounts.flatMap((target): Replaced[] => {
        const nodes = [...(lost.get(target.mount.path) ?? [])].filter((node) =>
          isReplacedInPlace(target, node),
        )
        return nodes.length === 0 ? [] : [{ target, nodes }]
      })
      const byVersion = groupBy(replaced, ({ target }) => target.version)
      return [...byVersion].flatMap(([version, group]) => {
        const entry = plugin.versions.find((candidate) => candidate.version === version)
        return entry === undefined ? [] : judgeEntry(plugin, entry, group, input)
      })
    })
  },
}

/** A mount, with the nodes on which its reload has no rollback. */
interface Replaced {
  readonly target: MountTarget
  readonly nodes: readonly NodeAddress[]
}

function judgeEntry(
  { id }: DesiredState['plugins'][number],
  entry: DesiredVersion,
  group: readonly Replaced[],
  { desired, live, binaries = [], runsCommands = true }: RuleInput,
): Verdict[] {
  // A standby that forwards starts the file when it becomes active.
  const started = [...new Set([...group.flatMap(({ nodes }) => nodes), ...forwardingNodes(live)])]
  const unchecked = started.filter((node) => !isChecked(node, entry, binaries)).sort()
  if (unchecked.length === 0) return []
  const mounts = group.map(({ target }) => target.mount.path)
  // `apply` runs the check or refuses, also if planning with untrusted files skipped it.
  const isCheckedLater = !runsCommands && desired.cluster.binaryCheck !== undefined
  return [
    {
      ...(isCheckedLater && { severity: 'warning' }),
      subject: id,
      message: `${id} ${versionLabel(entry.version)} gets another binary in place, and its file ${entry.command} was not checked on ${nameSome(unchecked)}. If the file is missing or wrong there, ${nameSome(mounts)} ${agree(mounts.length, 'goes', 'go')} down at the reload and cannot be rolled back.`,
      mounts,
      nodes: unchecked,
      at: entry.source,
      topics: [fileTopic(entry), ...(isCheckedLater ? [BINARY_CHECK_TOPIC] : [])],
    },
  ]
}

function forwardingNodes({ nodes }: LiveState): readonly NodeAddress[] {
  return nodes.flatMap(({ address, state }) => (state === 'forwarding' ? address : []))
}

/** By mount: the nodes on which the plan reloads it and its reload cannot be rolled back. */
function reloadsWithoutRollback({
  steps,
}: DraftPlan): ReadonlyMap<string, ReadonlySet<NodeAddress>> {
  const lost = new Map<string, Set<NodeAddress>>()
  for (const { action, restores } of steps) {
    if (action.kind !== 'reload') continue
    const restored = new Set(
      restores.flatMap((fact) => (fact.fact === 'running' ? fact.mount : [])),
    )
    for (const mount of action.mounts) {
      if (restored.has(mount)) continue
      lost.set(mount, (lost.get(mount) ?? new Set()).add(action.node))
    }
  }
  return lost
}

/** True if the node still runs an external binary other than the one that the plan starts. */
function isReplacedInPlace(
  { mount, configured, version, sha256, use }: MountTarget,
  node: NodeAddress,
): boolean {
  if (use.kind === 'builtin' || mount.configured_version !== configured) return false
  return mount.nodes.some(
    (view) =>
      view.node === node &&
      view.answers !== 'no' &&
      view.running_sha256 !== BUILTIN &&
      isOtherBinary(view.running_sha256, sha256) &&
      // If `latest` means another version now, it is another entry.
      (configured !== LATEST || view.running_version === version),
  )
}
