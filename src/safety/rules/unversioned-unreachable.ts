/** `use: unversioned` for a mount or connection that has a version. */
import { groupBy } from '../../domain/group-by.ts'
import type { PlanRule } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const unversionedUnreachable: PlanRule = {
  about: 'plan',
  name: 'unversioned-unreachable',
  severity: 'error',
  title: 'A version, once set, cannot be cleared',
  explanation:
    'Servers refuse an empty version, so a mount or connection that was ever given one never runs the unversioned entry again. The same binary can be registered under a version instead, which comes to the same.',
  fix: 'Register the same binary under a version and use that, or give these mounts a `use` of their own.',
  allowable: false,
  judge({ draft }) {
    const found = draft.impossible.filter((one) => one.kind === 'unversioned-unreachable')
    const targets = new Map(draft.targets.map((one) => [one.plugin.id, one.targets]))
    return [...groupBy(found, ({ plugin }) => plugin)].flatMap(([plugin, group]) => {
      const mounts = group.flatMap((one) => one.mounts)
      const reached = new Set(targets.get(plugin)?.connections.map((one) => one.connection.path))
      const connections = group.some((one) => one.mounts.length === 0)
        ? draft.index
            .connectionsOf(plugin)
            .filter(({ path, version }) => version !== '' && !reached.has(path))
        : []
      const paths = [...mounts, ...connections.map(({ path }) => path)]
      const [first] = group
      if (first === undefined) return []
      return {
        subject: plugin,
        message: `${nameSome(paths)} ${agree(paths.length, 'has a version', 'have a version each')} and ${agree(paths.length, 'is', 'are')} to run ${plugin} without one, which no request can bring about.`,
        mounts,
        at: first.source,
      }
    })
  },
}
