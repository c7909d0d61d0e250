/** Something could not be read and is not in the plan. */
import { unreachable } from '../../domain/errors.ts'
import type { Unreadable } from '../../domain/live.ts'
import {
  type ConnectionPath,
  HASH_NOT_REPORTED,
  parsePluginId,
  splitConnectionPath,
  UNKNOWN_HASH,
} from '../../domain/names.ts'
import { hidingPlaces } from '../../domain/hidden-places.ts'
import { groupBy } from '../../domain/group-by.ts'
import { count } from '../../domain/count.ts'
import type { LiveIndex } from '../../domain/live-index.ts'
import { entrySubject } from '../../plan/steps.ts'
import type { PluginTargets } from '../../plan/targets.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { nameSome } from '../wording.ts'

export const unreadableParts: PlanRule = {
  about: 'plan',
  name: 'unreadable',
  severity: 'warning',
  title: 'Something could not be read',
  explanation:
    'The server refused to list the nodes, a namespace, mounts, connections, pins or a catalog entry. The plan leaves out what could not be read, although it may use what the plan changes. It counts as a use of every version to retire.',
  fix: 'Give the token the right to read it; `lockstep policy` prints a policy.',
  allowable: true,
  judge({ desired, live, draft }) {
    // An entry that only standbys cannot read is known: other rules report missing files. An entry
    // that no file can name is in no plan.
    const unknown = live.unreadable.filter(
      ({ what, node }) =>
        what !== 'catalog-name' && (what !== 'catalog-entry' || node === undefined),
    )
    const hidden = [
      ...desired.mounts.filter(({ path }) => draft.index.mountAt(path) === undefined),
      ...desired.connections,
    ].map(({ path }) => ({ path, places: hidingPlaces(path, live) }))
    const refused = [...groupBy(unknown, subjectOf)].flatMap(([subject, group]) => {
      const first = group[0]
      if (first === undefined) return []
      const paths = [...new Set(group.map(({ path }) => path))]
      const on = first.node === undefined ? '' : ` on ${nameSome(nodesOf(group))}`
      const inside = hidden.filter(({ places }) => places.some((place) => group.includes(place)))
      const what = paths.length === 1 ? first.path : `${count(paths.length, 'path')} of ${subject}`
      return {
        subject,
        message: `${what} could not be read${on}: ${first.reason}.${describeLeftOut(inside.map(({ path }) => path))}`,
        ...(first.denied !== true && { fix: first.fix ?? FIXES[first.what] ?? FIX }),
        nodes: nodesOf(group),
      }
    })
    return [...refused, ...draft.targets.flatMap((target) => unreportedHashes(target, draft.index))]
  },
}

function describeLeftOut(paths: readonly string[]): string {
  if (paths.length === 0) return ''
  const [exist, them] = paths.length === 1 ? ['exists', 'it'] : ['exist', 'them']
  return ` Whether ${nameSome(paths)} ${exist} is not known: the plan leaves ${them} out.`
}

/** Processes and entries of the file’s plugins for which OpenBao (2.7.2) lists no hash. */
function unreportedHashes({ plugin }: PluginTargets, index: LiveIndex): Verdict[] {
  const entries = plugin.versions.filter(
    ({ version }) => index.external(plugin.id, version)?.sha256 === UNKNOWN_HASH,
  )
  const mounts = index
    .mountsOf(plugin.id)
    .filter(({ nodes }) =>
      nodes.some((view) => view.answers === 'yes' && view.running_sha256 === UNKNOWN_HASH),
    )
  const things = [
    ...entries.map(({ version }) => entrySubject(plugin.id, version)),
    ...mounts.map(({ path }) => path),
  ]
  if (things.length === 0) return []
  return [
    {
      subject: plugin.id,
      message: `${nameSome(things)}: ${HASH_NOT_REPORTED}, so nothing proves which binary runs.`,
      fix: 'Add `sha256sum` to the `plugin` block of the configuration of every server.',
      mounts: mounts.map(({ path }) => path),
      at: plugin.source,
    },
  ]
}

const FIX = 'Look for the cause in the node’s log, then plan again.'
const FIXES: Readonly<Partial<Record<Unreadable['what'], string>>> = {
  'catalog-entry':
    'Copy its file to the plugin directory, or retire or replace the version in the file: OpenBao cannot read an entry without its file.',
}

function nodesOf(group: readonly Unreadable[]) {
  return group.flatMap(({ node }) => node ?? [])
}

/** Groups connections by their mount and entries by their plugin, since there may be thousands. */
function subjectOf({ what, path }: Unreadable): string {
  switch (what) {
    case 'connections':
      return path.includes('/config/')
        ? splitConnectionPath(path as ConnectionPath).mount
        : path.replace(/config$/, '')
    case 'catalog-entry':
      return parsePluginId(path.replace(/^sys\/plugins\/catalog\/|\?version=[^?]*$/g, '')) ?? path
    case 'nodes':
    case 'namespaces':
    case 'mounts':
    case 'pins':
    case 'catalog-name':
      return path
    default:
      return unreachable(what)
  }
}
