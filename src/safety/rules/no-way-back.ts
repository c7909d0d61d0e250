/** Steps that nothing takes back when they fail. */
import type { Step } from '../../documents/plan.generated.ts'
import type { LiveMount } from '../../domain/live.ts'
import { type MountPath, NO_SHA256, type PluginId } from '../../domain/names.ts'
import { groupBy } from '../../domain/group-by.ts'
import { type LiveIndex } from '../../domain/live-index.ts'
import { type DataMove, findDataMoves, includesVersion } from '../data-moves.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const noWayBack: PlanRule = {
  about: 'plan',
  name: 'no-way-back',
  severity: 'warning',
  title: 'A failed step could not be taken back',
  explanation:
    'When a mount does not come up on its new version, it is tuned back to the one it ran and reloaded. That needs a version to tune to. A mount that has none cannot get its missing version back, and one whose old version is registered no more has nothing to start. Should such a mount fail, it stays down until a person finds a cure. Going back is a downgrade too: where the file says that the older version does not read what the newer has written, a mount that is put back may come up and not know its data.',
  fix: 'Register the binary that runs now under a version of its own, by listing it under `versions`, and apply that first.',
  allowable: true,
  judge({ draft }) {
    const { index } = draft
    const lost = [...new Set(draft.steps.flatMap(withoutWayBack))].flatMap(
      (path) => index.mountAt(path) ?? [],
    )
    const mounts = [...groupBy(lost, ({ plugin }) => plugin)].flatMap(([plugin, group]) =>
      judgeMounts(plugin, group, index),
    )
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
      message: `If the new version fails, nothing takes ${nameSome(group.map(({ path }) => path))} back: ${agree(group.length, 'it has', 'they have')} no version now, and a version once set cannot be cleared.`,
      fix: 'Try the version on a connection that nobody needs first.',
    }))
    const data = findDataMoves(draft).flatMap(judgeDataOnTheWayBack)
    return [...mounts, ...connections, ...data].map(placed)
  },
}

/** A step that fails puts back what ran, over data that the newer version may have written by then. */
function judgeDataOnTheWayBack({ plugin, from, to, direction, mounts }: DataMove): Verdict[] {
  const declared = to.entry?.data.downgradeTo
  if (direction !== 'up' || from.version === undefined || declared === undefined) return []
  if (includesVersion(declared, from.version)) return []
  return [
    {
      subject: plugin.id,
      message: `If the new ${plugin.id} fails, ${nameSome(mounts)} ${agree(mounts.length, 'goes', 'go')} back to ${from.label}, and what ${to.label} has written by then is read only by ${declared}, as the file says.`,
      fix: 'Save the data first (a snapshot of the cluster), or try the new version on a mount that may lose its data.',
      mounts,
      at: to.entry?.source ?? plugin.source,
    },
  ]
}

/** A reload is its own undo only where something is known to run again after it. */
function withoutWayBack({ action, undo, restores }: Step): readonly MountPath[] {
  if (action.kind === 'tune') return undo.length === 0 ? [action.mount] : []
  if (action.kind !== 'reload') return []
  const restored = new Set(restores.flatMap((fact) => (fact.fact === 'running' ? fact.mount : [])))
  return action.mounts.filter((mount) => !restored.has(mount))
}

/** What helps depends on what runs: an external binary can be registered, a builtin cannot. */
function judgeMounts(plugin: PluginId, mounts: readonly LiveMount[], index: LiveIndex): Verdict[] {
  const byHash = groupBy(mounts, ({ nodes }) => nodes[0]?.running_sha256 ?? NO_SHA256)
  return [...byHash].map(([sha256, group]) => {
    const paths = group.map(({ path }) => path)
    const entry = index.externals(plugin).find((known) => known.sha256 === sha256)
    const command = entry?.command === undefined ? '' : `${entry.command}, `
    return {
      subject: plugin,
      message: `If the new ${plugin} fails, nothing takes ${nameSome(paths)} back to what ${agree(paths.length, 'it runs', 'they run')} now${sha256 === NO_SHA256 ? '' : `: that binary is registered under no version that ${agree(paths.length, 'it', 'they')} could be tuned to`}.`,
      ...(sha256 === NO_SHA256
        ? {
            fix: 'Make one mount the canary (`canary: true`) and try the plan on it when it may be down.',
          }
        : {
            fix: `List the binary that runs now (${command}SHA-256 ${sha256}) under \`versions\` with a version of its own, apply that first, then plan again.`,
          }),
      mounts: paths,
    }
  })
}
