/**
 * Holds what the real nodes show against what the twin shows: every field of every node, entry,
 * mount, connection and pin. An accessor is any text, so of each the mount's first, second, … is
 * compared. The Raft ids and cluster addresses of nodes are not: each cluster has its own.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveState } from '../../src/domain/live.ts'
import { versionLabel } from '../../src/domain/names.ts'

/**
 * Milliseconds: standbys hear of a change a moment later, and are listed some seconds after a start;
 * on a busy machine much later. Only what stays different waits so long.
 */
const PATIENCE = 120_000

export interface Difference {
  readonly what: string
  readonly real: string
  readonly twin: string
}

export interface Compared {
  readonly real: () => Promise<LiveState>
  readonly twin: () => Promise<LiveState>
}

/** Looks until both show the same; what still differs after some seconds. */
export type CompareStates = () => Promise<readonly Difference[]>

/** Remembers the accessors that each side has shown. */
export function createStateComparison({ real, twin }: Compared): CompareStates {
  const [theirs, ours] = [createDescription(), createDescription()]
  return async () => {
    const deadline = Date.now() + PATIENCE
    for (;;) {
      const shown = await real().catch((error: unknown) => {
        // The nodes may be choosing a leader.
        if (Date.now() > deadline) throw error
        return undefined
      })
      if (shown === undefined) {
        await sleep(150)
        continue
      }
      const differences = findDifferences(theirs(shown), ours(await twin()))
      if (differences.length === 0 || Date.now() > deadline) return differences
      await sleep(150)
    }
  }
}

function findDifferences(
  real: ReadonlyMap<string, string>,
  twin: ReadonlyMap<string, string>,
): Difference[] {
  const names = [...new Set([...real.keys(), ...twin.keys()])].sort()
  return names.flatMap((what) => {
    const [theirs, ours] = [real.get(what) ?? 'absent', twin.get(what) ?? 'absent']
    return theirs === ours ? [] : [{ what, real: theirs, twin: ours }]
  })
}

/** Each field by a name of its own. */
function createDescription(): (live: LiveState) => ReadonlyMap<string, string> {
  const accessors = new Map<string, string[]>()
  const ordinal = (path: string, accessor: string): number => {
    const shown = accessors.get(path) ?? []
    if (!shown.includes(accessor)) accessors.set(path, [...shown, accessor])
    return (accessors.get(path) ?? []).indexOf(accessor) + 1
  }
  return (live) => {
    const fields: (readonly [string, unknown])[] = [
      ...live.nodes.flatMap(({ address, ...node }) =>
        fieldsOf(address, { ...node, raft_id: undefined, cluster_address: undefined }),
      ),
      ...live.catalog.flatMap(({ plugin, version, ...entry }) =>
        fieldsOf(`entry ${plugin} ${versionLabel(version)}`, entry),
      ),
      ...live.mounts.flatMap(({ path, accessor, nodes, ...mount }) => [
        ...fieldsOf(path, { ...mount, accessor: ordinal(path, accessor) }),
        ...nodes.flatMap(({ node, ...view }) => fieldsOf(`${path} on ${node}`, view)),
      ]),
      ...live.connections.flatMap(({ path, ...connection }) => fieldsOf(path, connection)),
      ...live.pins.map(({ plugin, version }) => [`pin ${plugin}`, version] as const),
      ['namespaces', live.namespaces],
      ['unreadable', live.unreadable],
    ]
    return new Map(fields.map(([name, value]) => [name, JSON.stringify(value)]))
  }
}

function fieldsOf(name: string, fields: object): (readonly [string, unknown])[] {
  return Object.entries(fields).map(([field, value]) => [`${name} ${field}`, value])
}
