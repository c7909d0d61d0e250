/**
 * Finds the state in which a plan must end, from the file. The rehearsal compares the plan with it.
 * What a rule reports as impossible is left out.
 */
import type { DesiredVersion } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { reloadOrder, wrongLists } from '../domain/live-index.ts'
import type { NodeAddress, Version } from '../domain/names.ts'
import type { DesiredEnd, DesiredEndEntry, DesiredEndMount } from '../domain/desired-end.ts'
import type { DraftPlan } from './make-plan.ts'
import { entryOf } from './steps.ts'
import type { PluginTargets } from './targets.ts'

/** The entries, mounts and connections as they must be after the plan. */
export function findDesiredEnd(draft: DraftPlan, live: LiveState): DesiredEnd {
  const reached = draft.targets.filter(({ targets }) =>
    targets.impossible.every(({ kind }) => kind !== 'not-overridable'),
  )
  return {
    entries: reached.flatMap((one) => findEndEntries(one, draft)),
    mounts: reached.flatMap((one) => findEndMounts(one, draft, live)),
    connections: reached
      // A connection of a pinned plugin cannot be changed.
      .filter(({ plugin }) => draft.index.pinOf(plugin.id) === undefined)
      .flatMap(({ targets }) =>
        targets.connections.map(({ connection, version }) => ({
          connection: connection.path,
          version,
        })),
      ),
  }
}

/**
 * The entries at the end, without those that the token may not read: their command and arguments
 * are unknown.
 */
function findEndEntries({ plugin }: PluginTargets, { index }: DraftPlan): DesiredEndEntry[] {
  const retired = new Set(plugin.retire.map(({ version }) => version))
  const isUnread = ({ version, sha256 }: DesiredVersion): boolean => {
    const found = index.external(plugin.id, version)
    return found !== undefined && found.command === undefined && found.sha256 === sha256
  }
  return [
    ...plugin.versions
      .filter((one) => !retired.has(one.version) && !isUnread(one))
      .map((one) => ({ plugin: plugin.id, version: one.version, content: entryOf(one) })),
    ...[...retired].map((version) => ({ plugin: plugin.id, version, content: null })),
  ]
}

function findEndMounts(
  { plugin, targets }: PluginTargets,
  draft: DraftPlan,
  live: LiveState,
): DesiredEndMount[] {
  const pin = draft.index.pinOf(plugin.id)
  const serving = reloadOrder(live).map(({ address }) => address)
  // A pin decides what its plugin's mounts run.
  const pinnedNodes = (version: Version, nodes: readonly NodeAddress[]) =>
    pin === undefined || pin === version ? nodes : []
  return [
    ...targets.mounts.map(({ mount, configured, version, sha256 }) => {
      // If nodes do not list the same mounts, no plan can reach the end on them.
      const isListed = wrongLists(mount, live).nodes.length === 0
      const nodes = isListed ? mount.nodes.map(({ node }) => node) : []
      return { mount: mount.path, configured, version, sha256, nodes: pinnedNodes(version, nodes) }
    }),
    ...targets.newMounts.map(({ desired, configured, version, sha256 }) => ({
      mount: desired.path,
      configured,
      version,
      sha256,
      nodes: pinnedNodes(version, serving),
    })),
  ]
}
