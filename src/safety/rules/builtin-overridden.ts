/** A name of a compiled-in plugin is taken over: was that meant, and whom does it reach? */
import { UNVERSIONED } from '../../domain/names.ts'
import { count } from '../../domain/count.ts'
import { isOverridable } from '../../domain/overridable.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const builtinOverridden: PlanRule = {
  about: 'plan',
  name: 'builtin-overridden',
  severity: 'error',
  title: 'A registration takes over a compiled-in plugin’s name',
  explanation:
    'A plugin registered under a compiled-in plugin’s name takes that plugin’s place. An unversioned entry does so for every mount of that type that has no version, in every namespace, named in the file or not; each changes over at its next reload or restart. A versioned entry does not replace the builtin, but a mount made later without a version takes the highest version registered. So the file must say `overrides: builtin`, and must not say it of a name that is no builtin’s.',
  fix: 'Write `overrides: builtin` under the plugin if that is meant; otherwise register it under another name.',
  allowable: false,
  judge({ draft }) {
    const effects = effectsOf(draft)
    const { index } = draft
    return draft.targets.flatMap(({ plugin }): Verdict[] => {
      const { id, overridesBuiltin, source: at } = plugin
      if (!isOverridable(id)) return []
      const builtin = index.isBuiltin(id)
      if (!builtin) {
        // An unversioned entry hides the builtin of its name, so then nobody can tell.
        const hidden = index.external(id, UNVERSIONED) !== undefined
        if (!overridesBuiltin || hidden) return []
        return [
          {
            subject: id,
            message: `The file says that ${id} overrides a builtin, and the server has no builtin of that name.`,
            fix: 'Take `overrides: builtin` out, or correct the plugin’s name.',
            at,
          },
        ]
      }
      if (!overridesBuiltin) {
        if (plugin.versions.length === 0) return []
        return [
          {
            subject: id,
            message: `${id} is compiled into the server, and the file registers another plugin under its name without saying that this is meant.`,
            mounts: index.mountsOf(id).map(({ path }) => path),
            at,
          },
        ]
      }
      const mounts = index
        .mountsOf(id)
        .filter((mount) => effects.mountAfter(mount).configured_version === UNVERSIONED)
        .map(({ path }) => path)
      if (effects.registers(id, UNVERSIONED) && mounts.length > 0) {
        const first = index.external(id, UNVERSIONED) === undefined
        return [
          {
            severity: first ? 'warning' : 'note',
            subject: id,
            message: `${count(mounts.length, 'mount')} of ${id} without a version ${agree(mounts.length, 'runs', 'run')} the plugin registered in the builtin’s place from ${agree(mounts.length, 'its', 'their')} next reload or restart: ${nameSome(mounts)}.`,
            fix: index.mayDoubleNamespaces
              ? 'Check that every mount listed is to change.'
              : 'Check that every mount listed is to change; one that is not must be tuned to the builtin’s own version first.',
            mounts,
            at,
          },
        ]
      }
      const fresh = index.externals(id).length === 0
      if (!fresh || !plugin.versions.some(({ version }) => effects.registers(id, version))) {
        return []
      }
      return [
        {
          severity: 'note',
          subject: id,
          message: `Once versions of ${id} are registered, a mount of it made without a version runs the highest of them, no longer the builtin.`,
          fix: 'Say the version whenever a mount of this plugin is made.',
          at,
        },
      ]
    })
  },
}
