/** The connections of the `database` mounts: they run plugins and are not in the list of mounts. */
import type { LiveConnection, LiveMount, Unreadable } from '../domain/live.ts'
import {
  compareText,
  connectionPath,
  type NodeAddress,
  pluginId,
  versionFromServer,
} from '../domain/names.ts'
import { dataOf, text, texts } from '../server/body.ts'
import type { Reader } from '../server/reader.ts'
import { whyUnread } from '../server/faults.ts'
import { listConnections, readConnection } from '../server/requests.ts'

export interface ConnectionsReading {
  readonly connections: readonly LiveConnection[]
  readonly unreadable: readonly Unreadable[]
}

/** Every connection of every `database` mount, sorted by path. Keeps no connection detail. */
export async function readConnections(
  reader: Reader,
  active: NodeAddress,
  mounts: readonly LiveMount[],
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
  mount: LiveMount,
): Promise<ConnectionsReading> {
  const listed = await reader.ask(active, listConnections(mount.path, mount.namespace))
  // A list without any keys is a 404.
  if (listed.status === 404) return { connections: [], unreadable: [] }
  if (listed.status !== 200) {
    const path = `${mount.path}config`
    return { connections: [], unreadable: [{ what: 'connections', path, ...whyUnread(listed) }] }
  }
  const connections: LiveConnection[] = []
  const unreadable: Unreadable[] = []
  await Promise.all(
    texts(dataOf(listed.body)['keys']).map(async (name) => {
      const path = connectionPath(mount.path, name)
      const answer = await reader.ask(active, readConnection(path, mount.namespace))
      const data = dataOf(answer.body)
      if (answer.status !== 200) {
        unreadable.push({ what: 'connections', path, ...whyUnread(answer) })
        return
      }
      connections.push({
        path,
        namespace: mount.namespace,
        plugin: pluginId('database', text(data['plugin_name'])),
        version: versionFromServer(data['plugin_version']),
      })
    }),
  )
  return { connections, unreadable }
}
