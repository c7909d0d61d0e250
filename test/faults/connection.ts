/** A connection of a `database` mount, to something that the plugin takes for a Redis. */
import { type ClusterClient, describe } from '../cluster/cluster-client.ts'
import { type FakeDatabase, startFakeDatabase } from '../real-random/fake-database.ts'

const connection = { host: '127.0.0.1', username: 'admin' }
const role = { db_name: 'orders', creation_statements: ['["+@read"]'], default_ttl: '13m' }

/** One for all tries: it keeps nothing, and ends with the process. */
let database: Promise<FakeDatabase> | undefined

/** Makes `db/config/orders` on v0.6.0 of the plugin, and a role of it. */
export async function connectDatabase(cluster: ClusterClient): Promise<void> {
  const { port } = await (database ??= startFakeDatabase())
  await demand(cluster, 'sys/plugins/catalog/database/redis', {
    command: 'database-redis-0.6.0',
    sha256: cluster.pluginSha256('database-redis-0.6.0'),
    version: 'v0.6.0',
  })
  await demand(cluster, 'sys/mounts/db', { type: 'database' })
  await cluster.waitUntilReady()
  await demand(cluster, 'db/config/orders', {
    plugin_name: 'redis',
    plugin_version: 'v0.6.0',
    allowed_roles: ['app'],
    ...connection,
    port,
    password: 'fake',
  })
  await demand(cluster, 'db/roles/app', role)
}

/** What is missing of the connection on this version, with all else as it was made. */
export async function whyNotRepointed(
  cluster: ClusterClient,
  version: string,
): Promise<string | undefined> {
  const active = await cluster.activeIndex()
  const config = await cluster.request<Config>(active, 'GET', 'db/config/orders')
  const { plugin_version, allowed_roles, connection_details } = config.body.data ?? {}
  const isWhole =
    plugin_version === version &&
    allowed_roles?.includes('app') === true &&
    connection_details?.['host'] === connection.host &&
    connection_details['username'] === connection.username
  if (!isWhole) return `db/config/orders is ${describe(config)}`
  const kept = await cluster.request<Role>(active, 'GET', 'db/roles/app')
  if (kept.body.data?.default_ttl !== 13 * 60) return `db/roles/app is ${describe(kept)}`
  // The plugin itself answers this one: it runs, and has its connection.
  const reset = await cluster.request(active, 'POST', 'db/reset/orders', { body: {} })
  return reset.status < 300 ? undefined : `db/reset/orders answered ${describe(reset)}`
}

interface Config {
  readonly data?: {
    readonly plugin_version?: string
    readonly allowed_roles?: readonly string[]
    readonly connection_details?: Readonly<Record<string, unknown>>
  }
}

interface Role {
  readonly data?: { readonly default_ttl?: number }
}

async function demand(cluster: ClusterClient, path: string, body: unknown): Promise<void> {
  const answer = await cluster.request(await cluster.activeIndex(), 'POST', path, { body })
  if (answer.status >= 300) throw new Error(`${path} answered ${describe(answer)}`)
}
