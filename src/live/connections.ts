/**
 * Reads the connections of the `database` mounts: they run plugins and are not in the list of
 * mounts.
 */
import type { LiveConnection, LiveMount, Unreadable } from '../domain/live.ts'
import {
  compareText,
  connectionPath,
  type NodeAddress,
  pluginId,
  versionFromServer,
} from '../domain/names.ts'
import { connection, keys } from '../server/answers/plugins.ts'
import { decode } from '../server/answers/shape.ts'
import type { Reader } from '../server/reader.ts'
import { isNotFound, describeUnexpectedShape, describeUnread } from '../server/faults.ts'
import { listConnections, readConnection } from '../server/requests.ts'

export interface ConnectionsReading {
  readonly connections: readonly LiveConnection[]
  readonly unreadable: readonly Unreadable[]
}

type MountOfPlugin = Pick<LiveMount, 'path' | 'namespace' | 'plugin'>

/**
 * All connections of all `database` mounts, sorted by path. Of the details only plugin and version
 * are kept.
 */
export async function readConnections(
  reader: Reader,
  active: NodeAddress,
  mounts: readonly MountOfPlugin[],
): Promise<ConnectionsReading> {
  const databases = mounts.filter((mount) => mount.plugin === pluginId('secret', 'database'))
  const readings = await Promise.all(
    databases.map((mount) => readConnectionsOf(reader, active, mount)),
  )
  const sorted = <T extends { readonly path: string }>(items: T[]): T[] =>
    items.sort((a, b) => compareText(a.path, b.path))
  return {
    connections: sorted(readings.flatMap((reading) => reading.connections)),
    unreadable: sorted(readings.flatMap((reading) => reading.unreadable)),
  }
}

async function readConnectionsOf(
  reader: Reader,
  active: NodeAddress,
  mount: MountOfPlugin,
): Promise<ConnectionsReading> {
  const listed = await reader.ask(active, listConnections(mount.path, mount.namespace))
  if (isNotFound(listed)) return { connections: [], unreadable: [] }
  const cannotList = (why: Pick<Unreadable, 'reason' | 'denied'>): ConnectionsReading => {
    const path = `${mount.path}config`
    return { connections: [], unreadable: [{ what: 'connections', path, ...why }] }
  }
  if (listed.status !== 200) return cannotList(describeUnread(listed))
  const names = decode(keys, listed.body)
  if (names.kind === 'odd') return cannotList(describeUnexpectedShape(names.problem))
  const connections: LiveConnection[] = []
  const unreadable: Unreadable[] = []
  await Promise.all(
    names.value.map(async (name) => {
      const path = connectionPath(mount.path, name)
      const answer = await reader.ask(active, readConnection(path, mount.namespace))
      const about = { what: 'connections', path } as const
      if (answer.status !== 200) {
        unreadable.push({ ...about, ...describeUnread(answer) })
        return
      }
      const decoded = decode(connection, answer.body)
      if (decoded.kind === 'odd') {
        unreadable.push({ ...about, ...describeUnexpectedShape(decoded.problem) })
        return
      }
      connections.push({
        path,
        namespace: mount.namespace,
        plugin: pluginId('database', decoded.value.pluginName),
        version: versionFromServer(decoded.value.pluginVersion),
      })
    }),
  )
  return { connections, unreadable }
}
