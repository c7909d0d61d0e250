/**
 * A registration replaces a builtin. The file must say that this is intended, and the finding lists
 * the mounts that change.
 */
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
    'A plugin registered under a compiled-in plugin’s name takes that plugin’s place. An unversioned entry does so for every mount of that type that has no version, in every namespace, named in the file or not; each mount changes at its next reload or restart. A versioned entry does not replace the builtin, but a mount made later without a version takes the highest version registered. So the file must say `overrides: builtin`, and must not say it for other names.',
  fix: 'If this is meant, write `overrides: builtin` under the plugin; otherwise register the plugin under another name.',
  allowable: false,
  judge({ draft }) {
    const effects = effectsOf(draft)
    const { index } = draft
    return draft.targets.flatMap(({ plugin }): Verdict[] => {
      const { id, overridesBuiltin, source: at } = plugin
      if (!isOverridable(id)) return []
      const builtin = index.isBuiltin(id)
      if (!builtin) {
        // An unversioned entry hides a builtin of its name, so it is unknown whether there is one.
        const hidden = index.external(id, UNVERSIONED) !== undefined
        if (!overridesBuiltin || hidden) return []
        return [
          {
            subject: id,
            message: `The file says that ${id} overrides a builtin, but the server has no builtin of that name.`,
            fix: 'Remove `overrides: builtin`, or correct the plugin’s name.',
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
        .filter((mount) => effects.configuredAfter(mount) === UNVERSIONED)
        .map(({ path }) => path)
      if (effects.registers(id, UNVERSIONED) && mounts.length > 0) {
        const first = index.external(id, UNVERSIONED) === undefined
        return [
          {
            severity: first ? 'warning' : 'note',
            subject: id,
            message: `${count(mounts.length, 'mount')} of ${id} without a version ${agree(mounts.length, 'runs', 'run')} the plugin registered in the builtin’s place from ${agree(mounts.length, 'its', 'their')} next reload or restart: ${nameSome(mounts)}.`,
            fix: index.mayDoubleNamespaces
              ? 'Check that every mount listed should change.'
              : 'Check that every mount listed should change. First tune a mount that should not change to the builtin’s own version.',
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
          message: `Once versions of ${id} are registered, a new mount of it without a version runs the highest of them, not the builtin.`,
          fix: 'Give a version whenever you make a mount of this plugin.',
          at,
        },
      ]
    })
  },
}
