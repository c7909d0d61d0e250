/**
 * Makes `repoint` steps: they set the version that a database connection uses. The server starts it
 * at once.
 */
import { UNVERSIONED, versionLabel } from '../domain/names.ts'
import { entryFact, type SeenEntry, type UnorderedStep } from './steps.ts'
import type { ConnectionTarget } from './targets.ts'

/** The step that changes a connection. `entry`: the entry of its version, if it was read. */
export function repointStep(target: ConnectionTarget, entry: SeenEntry | undefined): UnorderedStep {
  const { connection, version } = target
  const at = { connection: connection.path, namespace: connection.namespace }
  const fact = { fact: 'connection' as const, ...at, plugin: connection.plugin }
  const canGoBack = connection.version !== UNVERSIONED
  return {
    id: `repoint ${connection.path}`,
    group: `repoint ${connection.path}`,
    // Only the version is sent, so every other setting stays, also the password.
    action: { kind: 'repoint', ...at, version },
    requires: [
      { ...fact, version: connection.version },
      ...(entry === undefined ? [] : [entryFact(connection.plugin, version, entry)]),
    ],
    ensures: [{ ...fact, version }],
    undo: canGoBack ? [{ kind: 'repoint', ...at, version: connection.version }] : [],
    restores: canGoBack ? [{ ...fact, version: connection.version }] : [],
    why: `uses ${versionLabel(connection.version)}, to use ${versionLabel(version)}`,
  }
}
