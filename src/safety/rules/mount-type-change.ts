/** A mount exists with another plugin than the file says. */
import type { PlanRule } from '../rule.ts'

export const mountTypeChange: PlanRule = {
  about: 'plan',
  name: 'mount-type-change',
  severity: 'error',
  title: 'A mount exists with another plugin',
  explanation:
    'A mount’s plugin cannot be changed to one of another name. That needs a disabled mount and a new one, which deletes all data of the mount. Lockstep never does that.',
  fix: 'Correct the path or the plugin in the file; or mount the new plugin at another path and move the data yourself.',
  allowable: false,
  judge({ draft }) {
    return draft.impossible.flatMap((impossible) => {
      if (impossible.kind !== 'mount-type-change') return []
      const { mount, plugin, found, source: at } = impossible
      return {
        subject: mount,
        message: `${mount} is a mount of ${found}, but the file says that it is a mount of ${plugin}.`,
        mounts: [mount],
        at,
      }
    })
  },
}
