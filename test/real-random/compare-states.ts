/**
 * Holds what the real nodes show against what the twin shows: every field of every mount on every
 * node, the catalog, connections and pins. Words of errors and ids of either are left out.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveState } from '../../src/domain/live.ts'
import { versionLabel } from '../../src/domain/names.ts'

/** Standbys hear of a change some tenths of a second after the active node. */
const PATIENCE = 8_000

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
export async function compareStates({ real, twin }: Compared): Promise<readonly Difference[]> {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const differences = findDifferences(describeState(await real()), describeState(await twin()))
    if (differences.length === 0 || Date.now() > deadline) return differences
    await sleep(150)
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
function describeState(live: LiveState): ReadonlyMap<string, string> {
  const fields: [string, unknown][] = [
    ...live.nodes.flatMap(({ address, role, state }): [string, unknown][] => [
      [`${address} role`, role],
      [`${address} state`, state],
    ]),
    ...live.catalog.map(({ plugin, version, ...entry }): [string, unknown] => [
      `entry ${plugin} ${versionLabel(version)}`,
      entry,
    ]),
    ...live.mounts.flatMap(({ path, plugin, configured_version, nodes }): [string, unknown][] => [
      [`${path} plugin`, plugin],
      [`${path} configured_version`, configured_version],
      ...nodes.flatMap(({ node, ...view }): [string, unknown][] => [
        [`${path} configured_version on ${node}`, view.configured_version],
        [`${path} running_version on ${node}`, view.running_version],
        [`${path} running_sha256 on ${node}`, view.running_sha256],
        [`${path} answers on ${node}`, view.answers],
      ]),
    ]),
    ...live.connections.map(({ path, plugin, version }): [string, unknown] => [
      path,
      { plugin, version },
    ]),
    ...live.pins.map(({ plugin, version }): [string, unknown] => [`pin ${plugin}`, version]),
    ['namespaces', live.namespaces],
    // An entry whose file a node lacks is one that cannot be read there.
    ['unreadable', live.unreadable.map(({ what, path }) => `${what} ${path}`).sort()],
  ]
  return new Map(fields.map(([name, value]) => [name, JSON.stringify(value)]))
}
