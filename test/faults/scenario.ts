/**
 * The changes that the fault tests carry out: the state they begin with, the file that is applied,
 * and what must be so in the end, whatever happened on the way.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { describe } from '../cluster/cluster-client.ts'
import { type ExamplePluginId, makeExampleStates, whyNotWhole } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { resetCluster } from '../cluster/reset.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { findSilentMounts, readNodeMounts } from '../real/node-views.ts'
import { canaries, CANARY_VARIABLE, WRAPPED_VARIABLE } from '../canaries.ts'
import { connectDatabase, whyNotRepointed } from './connection.ts'

export interface Scenario {
  readonly name: string
  readonly states: readonly ExamplePluginId[]
  /** After the states were made. */
  readonly prepare?: (cluster: ClusterClient) => Promise<void>
  readonly file: (cluster: ClusterClient) => object
  /** What each mount is to run in the end; the empty one is the builtin. */
  readonly wanted: Readonly<Record<string, PluginFile | ''>>
  /** Those of them that the file has made: there is no data in them yet. */
  readonly fresh?: readonly string[]
  /** What else is to be so in the end: says what is not. */
  readonly whyNot?: (cluster: ClusterClient) => Promise<string | undefined>
}

function entry(cluster: ClusterClient, file: PluginFile): { command: string; sha256: string } {
  return { command: file, sha256: cluster.pluginSha256(file) }
}

export const inPlace: Scenario = {
  name: 'upgrade in place',
  states: ['secret/my-kv'],
  file: (cluster) => ({
    version: 1,
    plugins: {
      'secret/my-kv': {
        use: 'unversioned',
        versions: {
          unversioned: {
            ...entry(cluster, 'secrets-kv-0.21.0'),
            env: { CANARY: { from: CANARY_VARIABLE }, WRAPPED: { from: WRAPPED_VARIABLE } },
          },
        },
      },
    },
  }),
  wanted: { 'team-a/': 'secrets-kv-0.21.0', 'team-b/': 'secrets-kv-0.21.0' },
}

export const versioned: Scenario = {
  name: 'upgrade versioned with a canary',
  states: ['secret/team-kv'],
  file: (cluster) => ({
    version: 1,
    plugins: {
      'secret/team-kv': {
        use: 'v0.21.0',
        versions: {
          'v0.16.2': entry(cluster, 'secrets-kv-0.16.2'),
          'v0.21.0': {
            ...entry(cluster, 'secrets-kv-0.21.0'),
            env: {
              CANARY: canaries.literal,
              OTHER: { from: CANARY_VARIABLE },
              WRAPPED: { from: WRAPPED_VARIABLE },
            },
            data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' },
          },
        },
      },
    },
    mounts: {
      'alpha/': { plugin: 'secret/team-kv', canary: true, verify: [{ read: 'shared/' }] },
    },
  }),
  wanted: {
    'alpha/': 'secrets-kv-0.21.0',
    'beta/': 'secrets-kv-0.21.0',
    'gamma/': 'secrets-kv-0.21.0',
  },
}

/** Three registrations that go beside each other, and two tunes. */
export const sideBySide: Scenario = {
  name: 'upgrade with several steps under way',
  states: ['secret/team-kv'],
  file: (cluster) => ({
    version: 1,
    plugins: {
      'secret/team-kv': {
        use: 'v0.21.0',
        versions: {
          'v0.21.0': {
            ...entry(cluster, 'secrets-kv-0.21.0'),
            data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' },
          },
        },
      },
      'secret/new-kv': {
        use: 'v0.21.0',
        versions: {
          'v0.16.2': entry(cluster, 'secrets-kv-0.16.2'),
          'v0.21.0': entry(cluster, 'secrets-kv-0.21.0'),
        },
      },
    },
  }),
  wanted: {
    'alpha/': 'secrets-kv-0.21.0',
    'beta/': 'secrets-kv-0.21.0',
    'gamma/': 'secrets-kv-0.21.0',
  },
}

export const override: Scenario = {
  name: 'override a builtin',
  states: ['auth/jwt'],
  file: (cluster) => ({
    version: 1,
    plugins: {
      'auth/jwt': {
        overrides: 'builtin',
        use: 'unversioned',
        versions: { unversioned: entry(cluster, 'auth-jwt-0.25.0') },
      },
    },
  }),
  wanted: { 'auth/jwt/': 'auth-jwt-0.25.0', 'auth/jwt-ci/': 'auth-jwt-0.25.0' },
}

export const revert: Scenario = {
  name: 'revert to the builtin',
  states: ['auth/jwt', 'auth/oidc'],
  prepare: overrideByHand,
  file: () => ({
    version: 1,
    plugins: {
      'auth/jwt': { use: 'builtin', retire: ['unversioned'] },
      'auth/oidc': { use: 'builtin', retire: ['v0.25.0'] },
    },
  }),
  wanted: { 'auth/jwt/': '', 'auth/jwt-ci/': '', 'auth/sso/': '' },
}

const retireAndEnable: Scenario = {
  name: 'upgrade, retire and a new mount',
  states: ['secret/team-kv'],
  file: (cluster) => ({
    version: 1,
    plugins: {
      'secret/team-kv': {
        use: 'v0.21.0',
        versions: {
          'v0.21.0': { ...entry(cluster, 'secrets-kv-0.21.0'), data: { upgrade_from: '>=0.16.0' } },
        },
        retire: ['v0.16.2'],
      },
    },
    mounts: { 'delta/': { plugin: 'secret/team-kv', enable: true } },
  }),
  wanted: { ...versioned.wanted, 'delta/': 'secrets-kv-0.21.0' },
  fresh: ['delta/'],
}

export const repoint: Scenario = {
  name: 'repoint a connection',
  states: [],
  prepare: connectDatabase,
  file: (cluster) => ({
    version: 1,
    plugins: {
      'database/redis': {
        use: 'v0.7.0',
        versions: {
          'v0.7.0': { ...entry(cluster, 'database-redis-0.7.0'), data: { upgrade_from: '*' } },
        },
        retire: ['v0.6.0'],
      },
    },
  }),
  // The mount itself is the builtin.
  wanted: { 'db/': '' },
  fresh: ['db/'],
  whyNot: (cluster) => whyNotRepointed(cluster, 'v0.7.0'),
}

const newName: Scenario = {
  name: 'another name with a new mount',
  states: ['secret/my-kv'],
  file: (cluster) => ({
    version: 1,
    plugins: {
      'secret/new-kv': {
        use: 'v0.21.0',
        versions: { 'v0.21.0': entry(cluster, 'secrets-kv-0.21.0') },
      },
    },
    mounts: { 'new/': { plugin: 'secret/new-kv', enable: true } },
  }),
  wanted: {
    'new/': 'secrets-kv-0.21.0',
    // What the file does not name is left alone.
    'team-a/': 'secrets-kv-0.16.2',
    'team-b/': 'secrets-kv-0.16.2',
  },
  fresh: ['new/'],
}

const overrideInPlace: Scenario = {
  name: 'upgrade an override in place',
  states: ['auth/jwt'],
  prepare: overrideByHand,
  file: (cluster) => ({
    version: 1,
    plugins: {
      'auth/jwt': {
        overrides: 'builtin',
        use: 'unversioned',
        versions: { unversioned: entry(cluster, 'auth-jwt-0.26.1') },
      },
    },
  }),
  wanted: { 'auth/jwt/': 'auth-jwt-0.26.1', 'auth/jwt-ci/': 'auth-jwt-0.26.1' },
}

/** Every example, and what they have no stage for. */
export const scenarios = [
  ...[inPlace, versioned, retireAndEnable, newName],
  ...[override, overrideInPlace, revert, repoint],
] as const

async function overrideByHand(cluster: ClusterClient): Promise<void> {
  await demand(cluster, await cluster.activeIndex(), 'sys/plugins/catalog/auth/jwt', {
    ...entry(cluster, 'auth-jwt-0.25.0'),
  })
  const sha256 = cluster.pluginSha256('auth-jwt-0.25.0')
  for (const node of await cluster.servingIndices()) {
    await waitUntil('the node knows the entry', async () => {
      const path = 'sys/plugins/catalog/auth/jwt'
      const options = { noForwarding: true }
      const { body } = await cluster.request<Entry>(node, 'GET', path, options)
      return body.data.sha256 === sha256 ? undefined : 'it answers the builtin'
    })
    const mounts = ['auth/jwt/', 'auth/jwt-ci/']
    await demand(cluster, node, 'sys/plugins/reload/backend', { mounts })
  }
}

interface Entry {
  readonly data: { readonly sha256: string }
}

async function demand(
  cluster: ClusterClient,
  node: number,
  path: string,
  body: unknown,
): Promise<void> {
  const answer = await cluster.request(node, 'POST', path, { body, noForwarding: true })
  if (answer.status >= 300) throw new Error(`${path} answered ${describe(answer)}`)
}

/** What a try begins with. */
export interface Beginning {
  /** By node and mount; on Vault by mount, since whichever node is active answers for them. */
  readonly accessors: ReadonlyMap<string, string>
}

export async function begin(cluster: ClusterClient, scenario: Scenario): Promise<Beginning> {
  await resetCluster(cluster)
  await makeExampleStates(cluster, scenario.states)
  await scenario.prepare?.(cluster)
  return { accessors: await readAccessors(cluster) }
}

export async function writeFileOf(
  cluster: ClusterClient,
  scenario: Scenario,
  folder: string,
): Promise<string> {
  const path = join(folder, 'lockstep.yaml')
  await writeFile(path, JSON.stringify(scenario.file(cluster)))
  return path
}

/** Why the cluster is not as the scenario wants it; undefined when nothing is lost. */
export async function whyNotThere(
  cluster: ClusterClient,
  scenario: Scenario,
  { accessors }: Beginning,
): Promise<string | undefined> {
  const views = await readNodeMounts(cluster)
  for (const [node, mounts] of views) {
    for (const [mount, file] of Object.entries(scenario.wanted)) {
      const wanted = file === '' ? '' : cluster.pluginSha256(file)
      const found = mounts.get(mount)?.running_sha256
      if (found !== wanted) return `${mount} on ${node} runs ${String(found)}, not ${wanted}`
    }
  }
  const now = await readAccessors(cluster)
  for (const [key, accessor] of accessors) {
    if (now.get(key) !== accessor) return `${key} has another accessor`
  }
  const [silent] = await findSilentMounts(cluster)
  if (silent !== undefined) return silent
  for (const mount of Object.keys(scenario.wanted)) {
    if (scenario.fresh?.includes(mount) === true) continue
    const reason = await whyNotWhole(cluster, mount)
    if (reason !== undefined) return reason
  }
  return scenario.whyNot?.(cluster)
}

async function readAccessors(cluster: ClusterClient): Promise<Map<string, string>> {
  const accessors = new Map<string, string>()
  for (const [node, mounts] of await readNodeMounts(cluster)) {
    for (const [mount, { accessor }] of mounts) {
      accessors.set(cluster.product === 'vault' ? mount : `${mount} on ${node}`, accessor)
    }
  }
  return accessors
}
