/**
 * Reads the database connections of all files. Each names a database plugin that the files list.
 */
import type { DesiredConnection, Source } from '../domain/desired.ts'
import type { Connection } from '../documents/desired-state.generated.ts'
import { findProblemInName } from '../domain/name-problems.ts'
import { compareText, parseConnectionPath, pluginType } from '../domain/names.ts'
import { claimOnce, placeOf, type InputFile, type Report } from './input-file.ts'
import type { LookUpPlugin } from './plugin-lookup.ts'
import type { Checked } from './shape/shape.ts'
import { readUse } from './use.ts'
import { showText } from './wording.ts'

/** The connections, sorted by path. Problems are reported, and invalid connections left out. */
export function loadConnections(
  files: readonly InputFile[],
  lookUp: LookUpPlugin,
  report: Report,
): readonly DesiredConnection[] {
  const claim = claimOnce('connection', report)
  const connections: DesiredConnection[] = []
  for (const file of files) {
    for (const [text, given] of Object.entries(file.document.connections ?? {})) {
      const connection = loadConnection({ file, text, lookUp, report }, given ?? {})
      if (connection === undefined) continue
      claim(connection.path, connection.source)
      connections.push(connection)
    }
  }
  return connections.sort((a, b) => compareText(a.path, b.path))
}

interface ConnectionReading {
  readonly file: InputFile
  /** The key, as it is written. */
  readonly text: string
  readonly lookUp: LookUpPlugin
  readonly report: Report
}

function loadConnection(
  { file, text, lookUp, report }: ConnectionReading,
  connection: Checked<Connection>,
): DesiredConnection | undefined {
  const source = placeOf(file, 'connections', text).key
  const sourceOf = (key: string): Source => placeOf(file, 'connections', text, key).value
  const path = parseConnectionPath(text)
  if (path === undefined) {
    const problem = findProblemInName(text)
    report({
      message: `${showText(text)} is not a connection's path${problem === undefined ? '' : `: it ${problem}`}`,
      source,
      hint: 'write <mount>/config/<name>, e.g. db/config/orders',
    })
  }
  const plugin =
    connection.plugin === undefined ? undefined : lookUp(connection.plugin, sourceOf('plugin'))
  if (plugin !== undefined && pluginType(plugin.id) !== 'database') {
    report({
      message: `${showText(plugin.id)} is not a database plugin, so it has no connections`,
      source: sourceOf('plugin'),
      hint: 'write mounts: { <path>: … } for a secrets engine or auth method',
    })
  }
  const use =
    connection.use === undefined
      ? undefined
      : readUse(connection.use, sourceOf('use'), plugin?.names, report)
  if (path === undefined || plugin === undefined) return undefined
  return { path, plugin: plugin.id, ...(use !== undefined && { use }), source }
}
