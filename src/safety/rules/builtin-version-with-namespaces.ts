/**
 * On OpenBao with namespaces, a mount that is tuned to a builtin's version costs the cluster its
 * leader.
 */
import { doublingMounts, mayDoubleNamespaces } from '../../domain/doubled-namespaces.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { LiveState } from '../../domain/live.ts'
import { isBuiltinVersion, ROOT_NAMESPACE } from '../../domain/names.ts'
import type { DraftPlan } from '../../plan/make-plan.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { pathTopic } from '../topics.ts'
import { agree, nameSome } from '../wording.ts'

const CONSEQUENCE =
  'at the next change of leader OpenBao writes the mounts of namespaces twice, and after a second change no node can lead'
const LIST_THEM =
  'Give the token `read` and `list` on sys/namespaces: then the plan can check whether there are namespaces.'

export const builtinVersionWithNamespaces: PlanRule = {
  about: 'plan',
  name: 'builtin-version-with-namespaces',
  severity: 'error',
  title: 'A builtin’s own version would cost the cluster its leader',
  explanation:
    'A mount that once had a version returns to the compiled-in plugin only if it is tuned to that plugin’s version, the one with `+builtin`. On OpenBao with namespaces that is fatal (seen in 2.7.2): the next leader clears such a version and writes the mounts of every namespace into the root’s mount table. After that, a node that restarts or steps down does not serve any more, and after the next change of leader no node can lead (`cannot mount under existing mount` in its log). As long as the leader has not changed since the tune, a tune of the mount to a registered version prevents this. Later no request can repair it: keep that leader up, and copy the data out of the cluster. Allow this only on a server that is known not to have the bug.',
  fix: 'Leave these mounts on a registered version. If the builtin is overridden without a version (`use: unversioned`), a mount can return to the builtin without a tune.',
  allowable: true,
  judge({ draft, live }) {
    if (!mayDoubleNamespaces(live)) return []
    return [...judgeTunes(draft, live), ...judgeConfigured(draft, live)]
  },
}

function judgeTunes({ steps, index, targets }: DraftPlan, live: LiveState): Verdict[] {
  const tuned = steps.flatMap(({ action }) => {
    if (action.kind !== 'tune' || !isBuiltinVersion(action.version)) return []
    const mount = index.mountAt(action.mount)
    // A mount that is on such a version already is reported below.
    if (mount === undefined || mount.configured_version === action.version) return []
    return { plugin: mount.plugin, mount: mount.path, version: action.version }
  })
  return [...groupBy(tuned, ({ plugin }) => plugin)].map(([plugin, group]) => {
    const mounts = group.map(({ mount }) => mount)
    const [first] = group
    const at = targets.find((target) => target.plugin.id === plugin)?.plugin
    return {
      subject: plugin,
      message: `${nameSome(mounts)} would be tuned to ${first?.version ?? ''}, and ${whichNamespaces(live)}: ${CONSEQUENCE}.`,
      ...(hasNamespaces(live) ? {} : { fix: LIST_THEM }),
      topics: unlistedNamespaces(live),
      mounts,
      ...(at !== undefined && { at: at.use?.source ?? at.source }),
    }
  })
}

/**
 * Judges mounts that have such a version already. Only a warning: otherwise the plan that fixes it
 * would be blocked.
 */
function judgeConfigured(draft: DraftPlan, live: LiveState): Verdict[] {
  const effects = effectsOf(draft)
  const restoreVersion = new Set(
    draft.steps.flatMap(({ undo }) =>
      undo.flatMap((action) =>
        action.kind === 'tune' && isBuiltinVersion(action.version) ? action.mount : [],
      ),
    ),
  )
  return doublingMounts(live).flatMap((mount): Verdict[] => {
    const { path, configured_version: version } = mount
    const isChanged = effects.configuredAfter(mount) !== version
    if (isChanged && !restoreVersion.has(path)) return []
    return [
      {
        severity: 'warning',
        subject: path,
        message: `${path} is configured for ${version}, and ${whichNamespaces(live)}: ${CONSEQUENCE}.${isChanged ? ' The plan changes that; if its step fails, the mount is rolled back to this version.' : ''}`,
        fix: isChanged
          ? 'Apply the plan before the leader changes.'
          : hasNamespaces(live)
            ? 'Have the mount run a registered version before the leader changes; do not restart or step down the active node until then.'
            : LIST_THEM,
        mounts: [path],
        topics: unlistedNamespaces(live),
      },
    ]
  })
}

function unlistedNamespaces(live: LiveState): readonly string[] {
  if (hasNamespaces(live)) return []
  return live.unreadable.flatMap(({ what, path }) => (what === 'namespaces' ? pathTopic(path) : []))
}

function hasNamespaces({ namespaces }: LiveState): boolean {
  return namespaces.length > 1
}

function whichNamespaces(live: LiveState): string {
  const below = live.namespaces.filter((namespace) => namespace !== ROOT_NAMESPACE)
  return hasNamespaces(live)
    ? `there ${agree(below.length, 'is a namespace', 'are namespaces')} (${nameSome(below)})`
    : 'there may be namespaces (they could not be listed)'
}
