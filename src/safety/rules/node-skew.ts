/** Nodes run different binaries for one mount before the plan. */
import type { LiveMount, MountOnNode } from '../../domain/live.ts'
import { binaryName, BUILTIN, UNKNOWN_HASH, UNVERSIONED, versionLabel } from '../../domain/names.ts'
import { groupBy } from '../../domain/group-by.ts'
import { count } from '../../domain/count.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const nodeSkew: PlanRule = {
  about: 'plan',
  name: 'node-skew',
  severity: 'warning',
  title: 'Nodes run different binaries for one mount',
  explanation:
    'A reload reaches only the node it was sent to, so a mount that was reloaded on some nodes runs another binary on the rest. An OpenBao standby answers reads itself, so clients get one version’s answer or the other’s. If the plan’s reloads fix this, the finding is a note.',
  fix: 'Set `use` for the plugin: then the plan reloads its mounts on the nodes that differ.',
  allowable: true,
  judge({ draft }) {
    const effects = effectsOf(draft)
    return draft.targets.flatMap(({ plugin }) => {
      const skewed = draft.index.mountsOf(plugin.id).filter(isSkewed)
      const byEnd = groupBy(skewed, (mount) => isSkewed(effects.mountAfter(mount)))
      return [...byEnd].flatMap(([stays, group]) => {
        const [first] = group
        if (first === undefined) return []
        const moreMounts = group.length - 1
        const rest =
          moreMounts === 0
            ? ''
            : `, and ${count(moreMounts, 'more mount')} ${agree(moreMounts, 'differs', 'differ')} too`
        return {
          severity: stays ? 'warning' : 'note',
          subject: plugin.id,
          message: `${first.path} runs ${describeViews(first)}${rest}. ${stays ? 'The plan does not change that' : 'The plan’s reloads fix that'}.`,
          ...(!stays && { fix: 'Nothing to do: the plan fixes this.' }),
          mounts: group.map(({ path }) => path),
          nodes: group.flatMap(({ nodes }) => nodes.map(({ node }) => node)),
          at: plugin.source,
        } as const
      })
    })
  },
}

/** The nodes on which the mount is up. `mount-down` reports the others. */
function viewsThatAnswer(mount: LiveMount): readonly MountOnNode[] {
  return mount.nodes.filter(({ answers }) => answers !== 'no')
}

function isSkewed(mount: LiveMount): boolean {
  const [first, ...otherViews] = viewsThatAnswer(mount)
  return otherViews.some((view) => first !== undefined && binaryKey(view) !== binaryKey(first))
}

/** If the hash is not reported, only the listed version can be compared. */
function binaryKey({ running_sha256, running_version }: MountOnNode): string {
  return running_sha256 === UNKNOWN_HASH ? `${running_sha256} ${running_version}` : running_sha256
}

/** `v0.16.2 (3fb7…) on n1 and the builtin v2.7.2+builtin.bao on n2`. */
function describeViews(mount: LiveMount): string {
  const binaries = groupBy(viewsThatAnswer(mount), binaryKey)
  const parts = [...binaries].map(([, views]) => {
    const { running_sha256: sha256 = BUILTIN, running_version: version = UNVERSIONED } =
      views[0] ?? {}
    const nodes = nameSome(views.map(({ node }) => node))
    if (sha256 !== BUILTIN) return `${versionLabel(version)} (${binaryName(sha256)}) on ${nodes}`
    return `the builtin${version === UNVERSIONED ? '' : ` ${version}`} on ${nodes}`
  })
  return nameSome(parts)
}
