/**
 * The states that the folders of `examples/` start from, all on one cluster: plugins registered as
 * they were yesterday, mounts of them, and data in each. Also how to tell that the data is whole.
 */
import { canaries } from '../canaries.ts'
import { describe, type ClusterClient } from './cluster-client.ts'
import { pluginSource, type PluginFile } from './plugin-files.ts'
import { throughElections } from './elections.ts'
import { waitUntil } from './wait-until.ts'

interface ExamplePlugin {
  /** `<type>/<name>` in the catalog. */
  readonly id: string
  /** Absent: only the builtin is there. */
  readonly file?: PluginFile
  /** Registered and mounted under the version its file has, not without one. */
  readonly versioned: boolean
  /** Paths of its mounts, as in a desired state. */
  readonly mounts: readonly string[]
}

const examplePlugins = [
  {
    id: 'secret/my-kv',
    file: 'secrets-kv-0.16.2',
    versioned: false,
    mounts: ['team-a/', 'team-b/'],
  },
  {
    id: 'secret/team-kv',
    file: 'secrets-kv-0.16.2',
    versioned: true,
    mounts: ['alpha/', 'beta/', 'gamma/'],
  },
  { id: 'auth/jwt', versioned: false, mounts: ['auth/jwt/', 'auth/jwt-ci/'] },
  { id: 'auth/oidc', file: 'auth-jwt-0.25.0', versioned: true, mounts: ['auth/sso/'] },
] as const satisfies readonly ExamplePlugin[]

export type ExamplePluginId = (typeof examplePlugins)[number]['id']

/** Every mount that the examples begin with, by path. */
export const exampleMounts: readonly string[] = examplePlugins.flatMap(({ mounts }) => mounts)

/** What is written to every mount of its kind before an example begins. */
const secrets = { greeting: 'hello', 'a/b/deep': 'still here', 'shared/key': canaries.stored }
const role = {
  role_type: 'jwt',
  user_claim: 'sub',
  bound_audiences: ['lockstep'],
  token_policies: ['default'],
  token_ttl: '17m',
}

/**
 * Makes the states of these plugins, of all if not said, on a cluster that has none of them.
 * Returns when every node that runs plugins of its own runs them.
 */
export async function makeExampleStates(
  cluster: ClusterClient,
  only: readonly ExamplePluginId[] = examplePlugins.map(({ id }) => id),
): Promise<void> {
  const active = await cluster.activeIndex()
  const wanted: readonly ExamplePlugin[] = examplePlugins.filter(({ id }) => only.includes(id))
  for (const plugin of wanted) {
    await register(cluster, active, plugin)
    for (const mount of plugin.mounts) {
      await enable(cluster, active, plugin, mount)
      // A standby of OpenBao that hears of two mounts at once may miss one for good.
      await cluster.waitUntilReady()
      await fill(cluster, active, mount)
    }
  }
  const mounts = wanted.flatMap((plugin) => plugin.mounts)
  await waitUntil('all nodes have the mounts of the examples and what is in them', () =>
    whyNotSeen(cluster, mounts),
  )
}

async function register(
  cluster: ClusterClient,
  active: number,
  { id, file, versioned }: ExamplePlugin,
): Promise<void> {
  if (file === undefined) return
  await demand(cluster, active, 'POST', `sys/plugins/catalog/${id}`, {
    command: file,
    sha256: cluster.pluginSha256(file),
    ...(versioned && { version: pluginSource(file).version }),
  })
}

async function enable(
  cluster: ClusterClient,
  active: number,
  { id, file, versioned }: ExamplePlugin,
  mount: string,
): Promise<void> {
  const path = `sys/${(mount.startsWith('auth/') ? mount : `mounts/${mount}`).replace(/\/$/, '')}`
  const body = {
    type: id.slice(id.indexOf('/') + 1),
    ...(file !== undefined &&
      versioned && { config: { plugin_version: pluginSource(file).version } }),
  }
  await waitUntil(`${mount} can be mounted`, async () => {
    const answer = await cluster.request(active, 'POST', path, { body })
    if (answer.status < 300) return undefined
    // Seen of OpenBao right after the registration was accepted.
    if (describe(answer).includes('plugin not found in the catalog')) return describe(answer)
    throw new Error(`POST ${path} answered ${describe(answer)}`)
  })
}

async function fill(cluster: ClusterClient, active: number, mount: string): Promise<void> {
  if (mount.startsWith('auth/')) await demand(cluster, active, 'POST', `${mount}role/ci`, role)
  else {
    for (const [key, value] of Object.entries(secrets)) {
      await demand(cluster, active, 'POST', `${mount}${key}`, { value })
    }
  }
}

/**
 * What is missing of what was written to a mount, as every node answers it; undefined when nothing
 * is. Secrets are read where they may be, on the active node, and listed everywhere: reading one
 * makes a lease, which a standby of OpenBao cannot store (it answers 500).
 */
export async function whyNotWhole(
  cluster: ClusterClient,
  mount: string,
): Promise<string | undefined> {
  for (const address of cluster.addresses) {
    const isAuth = mount.startsWith('auth/')
    const reason = await (isAuth
      ? whyRoleDiffers(cluster, address, mount)
      : whyListDiffers(cluster, address, mount))
    if (reason !== undefined) return reason
  }
  return mount.startsWith('auth/') ? undefined : whySecretsDiffer(cluster, mount)
}

/** On a busy machine the cluster may choose another leader at any moment: a node that has none answers later. */
export async function waitUntilWhole(
  cluster: ClusterClient,
  mounts: readonly string[],
): Promise<void> {
  for (const mount of mounts) {
    await waitUntil(`${mount} is whole`, () => whyNotWhole(cluster, mount), { timeout: 60_000 })
  }
}

async function whyRoleDiffers(
  cluster: ClusterClient,
  address: string,
  mount: string,
): Promise<string | undefined> {
  const path = `${mount}role/ci`
  const answer = await cluster.request<{ data?: Record<string, unknown> }>(address, 'GET', path)
  const found = answer.body.data
  const isWhole =
    found?.['user_claim'] === role.user_claim &&
    found['token_ttl'] === 17 * 60 &&
    JSON.stringify(found['bound_audiences']) === JSON.stringify(role.bound_audiences)
  return isWhole ? undefined : `${address} answers for ${path}: ${describe(answer)}`
}

async function whyListDiffers(
  cluster: ClusterClient,
  address: string,
  mount: string,
): Promise<string | undefined> {
  const answer = await cluster.request<{ data?: { keys: string[] } }>(address, 'LIST', mount)
  const found = answer.body.data?.keys
  const wanted = ['a/', 'greeting', 'shared/']
  return wanted.every((key) => found?.includes(key))
    ? undefined
    : `${address} lists in ${mount}: ${describe(answer)}`
}

async function whySecretsDiffer(
  cluster: ClusterClient,
  mount: string,
): Promise<string | undefined> {
  const active = await cluster.activeIndex()
  let reason: string | undefined
  for (const [key, value] of Object.entries(secrets)) {
    const path = `${mount}${key}`
    const answer = await cluster.request<{ data?: { value: string } }>(active, 'GET', path)
    if (answer.body.data?.value !== value) reason ??= `${path} is ${describe(answer)}`
  }
  // This plugin cannot revoke the leases it makes, which would keep the mount from being removed.
  const leases = `sys/leases/revoke-force/${mount.replace(/\/$/, '')}`
  await demand(cluster, active, 'PUT', leases, {})
  return reason
}

/** A standby of OpenBao learns of a mount a moment after the active node. */
async function whyNotSeen(
  cluster: ClusterClient,
  mounts: readonly string[],
): Promise<string | undefined> {
  for (const mount of mounts) {
    const reason = await whyNotWhole(cluster, mount)
    if (reason !== undefined) return reason
  }
  return undefined
}

async function demand(
  cluster: ClusterClient,
  node: number,
  method: string,
  path: string,
  body: unknown,
): Promise<void> {
  let place = node
  const answer = await throughElections(async () => {
    const asked = await cluster.request(place, method, path, { body })
    // If it does not lead any more, another node is asked the next time.
    if (asked.status >= 300) place = await cluster.activeIndex().catch(() => place)
    return asked
  })
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${describe(answer)}`)
}
