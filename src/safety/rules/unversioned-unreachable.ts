/** `use: unversioned` for a mount or connection that has a version. */
import type { PlanRule } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const unversionedUnreachable: PlanRule = {
  about: 'plan',
  name: 'unversioned-unreachable',
  severity: 'error',
  title: 'A version, once set, cannot be cleared',
  explanation:
    'Servers refuse an empty version, so a mount or connection that once had a version can never run the unversioned entry again. Instead, the same binary can be registered under a version.',
  fix: 'Register the same binary under a version and use that, or set another `use` for these mounts.',
  allowable: false,
  judge({ draft }) {
    return draft.impossible.flatMap((impossible) => {
      if (impossible.kind !== 'unversioned-unreachable') return []
      const { plugin, mounts, connections, source: at } = impossible
      const paths = [...mounts, ...connections]
      return {
        subject: plugin,
        message: `${nameSome(paths)} ${agree(paths.length, 'has a version', 'have versions')}, but the file asks for ${plugin} without a version: no request can do that.`,
        mounts,
        at,
      }
    })
  },
}
