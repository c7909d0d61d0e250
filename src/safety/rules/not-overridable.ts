/** A registration under a name whose builtin always runs. */
import type { PlanRule } from '../rule.ts'

export const notOverridable: PlanRule = {
  about: 'plan',
  name: 'not-overridable',
  severity: 'error',
  title: 'This builtin cannot be overridden',
  explanation:
    'For `kv` and `database` the servers always run the compiled-in plugin, whatever is registered under the name. Registering, tuning and reloading all succeed, and Vault then even reports the registered version as running. Only the empty hash shows that the builtin still runs.',
  fix: 'Register the plugin under another name, for example my-kv, and mount it.',
  allowable: false,
  judge({ draft }) {
    return draft.impossible.flatMap((impossible) => {
      if (impossible.kind !== 'not-overridable') return []
      return {
        subject: impossible.plugin,
        message: `${impossible.plugin} always runs the compiled-in plugin: nothing registered under that name would ever run.`,
        mounts: draft.index.mountsOf(impossible.plugin).map(({ path }) => path),
        at: impossible.source,
      }
    })
  },
}
