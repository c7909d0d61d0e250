/** A version of a builtin, where there are namespaces, costs an OpenBao cluster its leader. */
import { doublingMounts, mayDoubleNamespaces } from '../../domain/doubled-namespaces.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { LiveState } from '../../domain/live.ts'
import { isBuiltinVersion, ROOT_NAMESPACE } from '../../domain/names.ts'
import type { Draft } from '../../plan/make-plan.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

const CONSEQUENCE =
  'when the leader changes next, OpenBao writes the mounts of namespaces down twice, and when it changes again no node can lead'

export const builtinVersionWithNamespaces: PlanRule = {
  about: 'plan',
  name: 'builtin-version-with-namespaces',
  severity: 'error',
  title: 'A builtin’s own version would cost the cluster its leader',
  explanation:
    'A mount that once had a version goes back to the compiled-in plugin by being tuned to that plugin’s version, the one with `+builtin`. On OpenBao with namespaces that is fatal (seen in 2.7.2): the next node to lead clears such a version and, doing so, writes the mounts of every namespace among the root’s as well. From then on no node can be set up from what is stored: a standby that restarts serves no more, and after the next change of leader none can lead (`cannot mount under existing mount` in its log). Tuning the mount to another version before the leader changes averts it; afterwards no request undoes it. Allow this only on a server that is known to be without the fault.',
  fix: 'Leave these mounts on a registered version. A builtin that is overridden without a version (`use: unversioned`) can be gone back to: that needs no tuning.',
  allowable: true,
  judge({ draft, live }) {
    if (!mayDoubleNamespaces(live)) return []
    return [...judgeTunes(draft, live), ...judgeStanding(draft, live)]
  },
}

function judgeTunes({ steps, index, targets }: Draft, live: LiveState): Verdict[] {
  const tuned = steps.flatMap(({ action }) => {
    if (action.kind !== 'tune' || !isBuiltinVersion(action.version)) return []
    const plugin = index.mountAt(action.mount)?.plugin
    return plugin === undefined ? [] : { plugin, mount: action.mount, version: action.version }
  })
  return [...groupBy(tuned, ({ plugin }) => plugin)].map(([plugin, group]) => {
    const mounts = group.map(({ mount }) => mount)
    const [first] = group
    const at = targets.find((target) => target.plugin.id === plugin)?.plugin
    return {
      subject: plugin,
      message: `${nameSome(mounts)} would be tuned to ${first?.version ?? ''}, and ${whichNamespaces(live)}: ${CONSEQUENCE}.`,
      mounts,
      ...(at !== undefined && { at: at.use?.source ?? at.source }),
    }
  })
}

/** Not of the plan's making: only a warning, or the plan that mends it could not be applied. */
function judgeStanding(draft: Draft, live: LiveState): Verdict[] {
  const effects = effectsOf(draft)
  const standing = doublingMounts(live).filter((mount) => {
    return effects.mountAfter(mount).configured_version === mount.configured_version
  })
  return standing.map(({ path, configured_version }) => ({
    severity: 'warning',
    subject: path,
    message: `${path} is configured for ${configured_version}, and ${whichNamespaces(live)}: ${CONSEQUENCE}.`,
    fix: 'Have the mount run a registered version before the leader changes; do not restart or step down the active node until then. If the leader has changed since the mount was tuned, change it no more, and take a snapshot.',
    mounts: [path],
  }))
}

function whichNamespaces({ namespaces }: LiveState): string {
  const below = namespaces.filter((namespace) => namespace !== ROOT_NAMESPACE)
  return below.length === 0
    ? 'there may be namespaces (they could not be listed)'
    : `there ${agree(below.length, 'is a namespace', 'are namespaces')} (${nameSome(below)})`
}
