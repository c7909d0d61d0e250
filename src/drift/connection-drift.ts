/** What differs about the database connections of one plugin: their version alone is compared. */
import type { Difference } from '../documents/drift.generated.ts'
import type { DesiredConnection, DesiredPlugin } from '../domain/desired.ts'
import type { LiveConnection } from '../domain/live.ts'
import { UNVERSIONED, type Version } from '../domain/names.ts'
import { runsUnder } from '../domain/live-index.ts'
import type { ImpossibleUse, Targets } from '../plan/targets.ts'
import { type Comparison, keptVersion, describeVersionFix, writtenAt } from './comparison.ts'
import { configuredLabel, describeImpossible } from './wording.ts'

export function findConnectionDrift(
  plugin: DesiredPlugin,
  targets: Targets,
  said: readonly DesiredConnection[],
  comparison: Comparison,
): Difference[] {
  const own = new Map(said.map((connection) => [connection.path, connection]))
  const versions = new Map(
    targets.connections.map(({ connection, version }) => [connection.path, version]),
  )
  const impossible = new Map(
    targets.impossible.flatMap((one) =>
      'connections' in one ? one.connections.map((path) => [path, one.kind] as const) : [],
    ),
  )
  return comparison.index.connectionsOf(plugin.id).flatMap((connection) => {
    const use = own.get(connection.path)?.use ?? plugin.use
    const target = versions.get(connection.path)
    const kind = impossible.get(connection.path)
    const told =
      kind === undefined
        ? judge(plugin, connection, use !== undefined, target, comparison)
        : judgeImpossible(kind, connection)
    if (told === undefined) return []
    return [
      {
        ...told,
        subject: connection.path,
        plugin: plugin.id,
        desired: wordUse(use, target),
        found: configuredLabel(connection.version),
        ...writtenAt(use?.source ?? plugin.source),
      },
    ]
  })
}

function judge(
  plugin: DesiredPlugin,
  { path, version }: LiveConnection,
  hasUse: boolean,
  target: Version | undefined,
  comparison: Comparison,
): Pick<Difference, 'class' | 'cause' | 'fix'> | undefined {
  const { index, apply } = comparison
  const uses =
    version === UNVERSIONED ? 'uses the unversioned entry or the builtin' : `uses ${version}`
  const registered = runsUnder(index, plugin.id, version) !== undefined
  const asTheFileSays = target === undefined || target === version
  // It is said once, of the entry, and not again of each connection that would run it.
  if (!registered && !(asTheFileSays && keptVersion(plugin, version) !== undefined)) {
    return {
      class: 'not-registered',
      cause: `${uses}, which is not in the catalog: its next start fails`,
      fix: hasUse ? apply : `say what ${path} is to \`use\`, then ${apply}`,
    }
  }
  if (asTheFileSays) return undefined
  return {
    class: 'connection-differs',
    cause: uses,
    fix: describeVersionFix(plugin.id, comparison),
  }
}

function judgeImpossible(
  kind: ImpossibleUse['kind'],
  { path, version, plugin }: LiveConnection,
): Pick<Difference, 'class' | 'cause' | 'fix'> {
  const told = describeImpossible(kind, { path, configured: version, plugin })
  return { class: 'connection-differs', ...told }
}

function wordUse(use: DesiredPlugin['use'], target: Version | undefined): string {
  if (use === undefined) return 'a registered version'
  return use.value.kind === 'version' ? (target ?? use.value.version) : use.value.kind
}
