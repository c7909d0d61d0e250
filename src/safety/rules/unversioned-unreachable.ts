/** `use: unversioned` for a mount or connection that has a version. */
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
    return draft.impossible.flatMap((one) => {
      if (one.kind !== 'unversioned-unreachable') return []
      const { plugin, mounts, connections, source: at } = one
      const paths = [...mounts, ...connections]
      return {
        subject: plugin,
        message: `${nameSome(paths)} ${agree(paths.length, 'has a version', 'have a version each')} and ${agree(paths.length, 'is', 'are')} to run ${plugin} without one, which no request can bring about.`,
        mounts,
        at,
      }
    })
  },
}
