/**
 * Reports what could not be read, if it concerns the file: it may differ. A standby that forwards
 * runs no plugin, so nothing of it is unread. A standby that is not ready runs plugins that cannot
 * be read.
 */
import type { FoundDifference } from './found-difference.ts'
import type { DesiredPlugin, DesiredState } from '../domain/desired.ts'
import type { LiveMount, LiveNode, Unreadable } from '../domain/live.ts'
import {
  HASH_NOT_REPORTED,
  type PluginId,
  pluginType,
  UNKNOWN_HASH,
  UNVERSIONED,
} from '../domain/names.ts'
import { entrySubject } from '../plan/steps.ts'
import { type Comparison, writtenAt } from './comparison.ts'
import { onNodes, runningLabel } from './wording.ts'

export function findUnreadable(desired: DesiredState, comparison: Comparison): FoundDifference[] {
  const { live, index, serving } = comparison
  const named = desired.plugins.map(({ id }) => id)
  return [
    ...live.nodes.flatMap(unreadableNode),
    ...live.unreadable.filter((part) => matters(part, named)).map(unreadablePath),
    ...named.flatMap((plugin) =>
      index.mountsOf(plugin).flatMap((mount) => unaskedMount(mount, serving.length)),
    ),
    ...desired.plugins.flatMap((plugin) => [
      ...unreportedEntries(plugin, comparison),
      ...index.mountsOf(plugin.id).flatMap((mount) => unreportedMount(mount, serving.length)),
    ]),
  ]
}

function unreadableNode({ address, state, detail, unasked }: LiveNode): FoundDifference[] {
  if (state === 'serving' || state === 'forwarding') return []
  return [
    {
      class: 'unreadable',
      subject: address,
      node: address,
      desired: 'answers',
      found: unasked === true ? 'not asked' : state,
      cause: `what this node runs is not known${detail === undefined || detail === state ? '' : `: ${detail}`}`,
      fix:
        state === 'not-ready'
          ? 'check again in a moment; if this does not end, read that node’s log, and restart no other node before it serves again'
          : state === 'sealed'
            ? 'unseal it, then check again'
            : 'start it, or set an address under `cluster.nodes` that can be reached from here',
    },
  ]
}

/**
 * Whether an unreadable path concerns the file. Not if it is another plugin's entry, or if it is
 * about connections and the file has no database plugin.
 */
function matters({ what, path }: Unreadable, named: readonly PluginId[]): boolean {
  if (what === 'connections') return named.some((plugin) => pluginType(plugin) === 'database')
  if (what !== 'catalog-entry') return true
  const plugin = path.replace(/^sys\/plugins\/catalog\//, '').replace(/\?.*$/, '')
  return named.some((id) => id === plugin)
}

function unreadablePath({ what, path, node, reason, denied, fix }: Unreadable): FoundDifference {
  return {
    class: 'unreadable',
    subject: path,
    ...(node !== undefined && { node }),
    desired: 'readable',
    found: reason,
    cause:
      what === 'catalog-name'
        ? 'no file and no request can name this entry'
        : `the ${what.replace('catalog-entry', 'catalog entry')} could not be read and may differ`,
    fix:
      fix ??
      (denied === true || what !== 'catalog-entry'
        ? 'give the token what `lockstep policy` prints'
        : 'copy its file to the plugin directory: without the file no mount of the entry starts there'),
  }
}

const DECLARE_HASH =
  'add `sha256sum` to the `plugin` block of the configuration of every server, and restart them one after the other'

/** A version of the file that the servers’ configuration declares without a hash (OpenBao 2.7.2). */
function unreportedEntries(
  { id, versions }: DesiredPlugin,
  { index }: Comparison,
): FoundDifference[] {
  return versions.flatMap(({ version, sha256, source }) => {
    if (index.external(id, version)?.sha256 !== UNKNOWN_HASH) return []
    return {
      class: 'unreadable' as const,
      subject: entrySubject(id, version),
      plugin: id,
      desired: `sha256 ${sha256}`,
      found: HASH_NOT_REPORTED,
      cause:
        'the entry has no hash: the servers start whatever file is in the plugin directory, so another binary may run',
      fix: DECLARE_HASH,
      ...writtenAt(source),
    }
  })
}

function unreportedMount({ path, plugin, nodes }: LiveMount, all: number): FoundDifference[] {
  const unreported = nodes.filter(
    ({ answers, running_sha256, running_version }) =>
      running_sha256 === UNKNOWN_HASH &&
      (answers === 'yes' || (answers === 'unchecked' && running_version !== UNVERSIONED)),
  )
  const [first] = unreported
  if (first === undefined) return []
  return [
    {
      class: 'unreadable',
      subject: path,
      mount: path,
      plugin,
      desired: 'a reported hash',
      found: runningLabel(first),
      cause: `nothing proves which binary runs ${onNodes(unreported.length, all)}: the server copies the version from the configuration`,
      fix: DECLARE_HASH,
    },
  ]
}

/**
 * Reports a mount that the token may not ask. A mount can be down while the server lists it as
 * running.
 */
function unaskedMount({ path, plugin, nodes }: LiveMount, all: number): FoundDifference[] {
  const unasked = nodes.filter(
    ({ answers, detail }) => answers === 'unchecked' && detail !== undefined,
  )
  const [first] = unasked
  if (first === undefined) return []
  return [
    {
      class: 'unreadable',
      subject: path,
      mount: path,
      plugin,
      desired: 'answers',
      found: first.detail ?? 'not asked',
      cause: `not checked whether the mount answers ${onNodes(unasked.length, all)}`,
      fix: 'give the token what `lockstep policy` prints',
    },
  ]
}
