/** The differences of one plugin's database connections. Only their version is compared. */
import type { FoundDifference } from './found-difference.ts'
import type { DesiredPlugin } from '../domain/desired.ts'
import type { LiveConnection } from '../domain/live.ts'
import { UNVERSIONED, type Version } from '../domain/names.ts'
import { runsUnder } from '../domain/live-index.ts'
import type { ImpossibleUse, PluginTargets } from '../plan/targets.ts'
import { type Comparison, keptVersion, describeVersionFix, writtenAt } from './comparison.ts'
import { configuredLabel, describeImpossible } from './wording.ts'

/** The differences of the connections of one plugin. */
export function findConnectionDrift(
  { plugin, named, targets }: PluginTargets,
  comparison: Comparison,
): FoundDifference[] {
  const byPath = new Map(named.connections.map((connection) => [connection.path, connection]))
  const versions = new Map(
    targets.connections.map(({ connection, version }) => [connection.path, version]),
  )
  const impossible = new Map(
    targets.impossible.flatMap((use) =>
      'connections' in use ? use.connections.map((path) => [path, use.kind] as const) : [],
    ),
  )
  return comparison.index.connectionsOf(plugin.id).flatMap((connection) => {
    const use = byPath.get(connection.path)?.use ?? plugin.use
    const target = versions.get(connection.path)
    const kind = impossible.get(connection.path)
    const details =
      kind === undefined
        ? judge({ plugin, connection, hasUse: use !== undefined, target }, comparison)
        : judgeImpossible(kind, connection)
    if (details === undefined) return []
    return [
      {
        ...details,
        subject: connection.path,
        plugin: plugin.id,
        desired: describeUse(use, target),
        found: configuredLabel(connection.version),
        ...writtenAt(use?.source ?? plugin.source),
      },
    ]
  })
}

interface ComparedConnection {
  readonly plugin: DesiredPlugin
  readonly connection: LiveConnection
  readonly hasUse: boolean
  /** Absent if the file leaves the connection as it is. */
  readonly target: Version | undefined
}

function judge(
  { plugin, connection: { path, version }, hasUse, target }: ComparedConnection,
  comparison: Comparison,
): Pick<FoundDifference, 'class' | 'cause' | 'fix'> | undefined {
  const { index, apply } = comparison
  const uses =
    version === UNVERSIONED ? 'uses the unversioned entry or the builtin' : `uses ${version}`
  const registered = runsUnder(index, plugin.id, version) !== undefined
  const isAsDesired = target === undefined || target === version
  // Reported once, for the entry, and not again for each connection that would run it.
  if (!registered && !(isAsDesired && keptVersion(plugin, version) !== undefined)) {
    const pinned = index.pinOf(plugin.id)
    const fails =
      pinned === undefined
        ? 'its next start fails'
        : `the pin starts ${pinned} instead, and once it is removed the next start fails`
    return {
      class: 'not-registered',
      cause: `${uses}, which is not in the catalog: ${fails}`,
      fix: hasUse
        ? describeVersionFix(plugin.id, comparison)
        : `set \`use\` for ${path}, then ${apply}`,
    }
  }
  if (isAsDesired) return undefined
  return {
    class: 'connection-differs',
    cause: uses,
    fix: describeVersionFix(plugin.id, comparison),
  }
}

function judgeImpossible(
  kind: ImpossibleUse['kind'],
  { path, version, plugin }: LiveConnection,
): Pick<FoundDifference, 'class' | 'cause' | 'fix'> {
  return {
    class: 'connection-differs',
    ...describeImpossible(kind, { path, configured: version, plugin }),
  }
}

function describeUse(use: DesiredPlugin['use'], target: Version | undefined): string {
  if (use === undefined) return 'a registered version'
  return use.value.kind === 'version' ? (target ?? use.value.version) : use.value.kind
}
