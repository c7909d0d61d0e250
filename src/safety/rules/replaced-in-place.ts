/** An entry gets another binary under the name that it has, and what runs now cannot be started again. */
import { groupBy } from '../../domain/group-by.ts'
import { type NodeAddress, versionLabel } from '../../domain/names.ts'
import type { Draft } from '../../plan/make-plan.ts'
import type { MountTarget } from '../../plan/targets.ts'
import type { BinaryReport, PlanRule } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const replacedInPlace: PlanRule = {
  about: 'plan',
  name: 'replaced-in-place',
  severity: 'error',
  title: 'A plugin file is replaced in place, and nobody has checked every node',
  explanation:
    'A plugin file that is replaced under its own name leaves nothing to roll back to: the old binary is gone. The servers compare the hash only when they start the plugin. On a node that still has the old file, the reload fails, and the mount is down there until a person copies the right file. So such a plan is blocked unless `cluster.binary_check` has read the new file on every node.',
  fix: 'Set `cluster.binary_check` in the file, so that every node’s file is checked before the first step. Better: give the new binary a file name of its own, and write that as `command`.',
  allowable: true,
  judge({ live, draft, binaries = [] }) {
    const nodes = live.nodes
      .filter(({ state }) => state === 'serving' || state === 'forwarding')
      .map(({ address }) => address)
    const lost = mountsWithoutRollback(draft)
    return draft.targets.flatMap(({ plugin, targets }) => {
      const replaced = targets.mounts.filter(
        (target) => lost.has(target.mount.path) && isReplacedInPlace(target),
      )
      return [...groupBy(replaced, ({ version }) => version)].flatMap(([version, group]) => {
        const entry = plugin.versions.find((one) => one.version === version)
        if (entry === undefined) return []
        const unproved = nodes.filter((node) => !isProved(node, entry.command, binaries))
        if (unproved.length === 0) return []
        const mounts = group.map(({ mount }) => mount.path)
        return {
          subject: plugin.id,
          message: `${plugin.id} ${versionLabel(version)} gets another binary in place (${entry.command}), and nobody has checked that ${nameSome(unproved)} ${agree(unproved.length, 'has', 'have')} it. On a node that does not, ${nameSome(mounts)} ${agree(mounts.length, 'goes', 'go')} down at the reload, and nothing can be rolled back.`,
          mounts,
          nodes: unproved,
          at: entry.source,
        }
      })
    })
  },
}

/** The mounts that a plan reloads and that the rollback of the reload leaves out. */
function mountsWithoutRollback({ steps }: Draft): ReadonlySet<string> {
  return new Set(
    steps.flatMap(({ action, restores }) => {
      if (action.kind !== 'reload') return []
      const restored = new Set(
        restores.flatMap((fact) => (fact.fact === 'running' ? fact.mount : [])),
      )
      return action.mounts.filter((mount) => !restored.has(mount))
    }),
  )
}

/** A node still runs an external binary, and another one stands, or is to stand, in its place. */
function isReplacedInPlace({ mount, version, sha256, use }: MountTarget): boolean {
  if (use.kind === 'builtin' || mount.configured_version !== version) return false
  return mount.nodes.some(
    (view) =>
      view.answers !== 'no' && view.running_sha256 !== 'builtin' && view.running_sha256 !== sha256,
  )
}

function isProved(node: NodeAddress, command: string, binaries: readonly BinaryReport[]): boolean {
  return binaries.some(
    (report) => report.node === node && report.command === command && report.result === 'same',
  )
}
