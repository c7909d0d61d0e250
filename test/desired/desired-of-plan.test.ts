/** The desired state in a plan is the same after it is read back, and is checked like a file. */
import { expect, it } from 'vitest'
import { readDesiredOfPlan } from '../../src/desired/desired-of-plan.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import { desiredDocument, WITHHELD_VALUE } from '../../src/plan/desired-document.ts'
import {
  desiredConnection,
  desiredMount,
  desiredPlugin,
  desiredVersion,
  SOURCE,
} from '../builders/safety-input.ts'

const EVERYTHING: DesiredState = {
  cluster: {
    name: { value: 'prod-eu', source: SOURCE },
    binaryCheck: { command: ['ssh', '{host}', 'sha256sum', '{command}'], source: SOURCE },
    lock: { kv: 'secret/lockstep', source: SOURCE },
  },
  plugins: [
    desiredPlugin('auth/jwt', { use: 'builtin', overridesBuiltin: true, retire: ['unversioned'] }),
    desiredPlugin('database/redis', { use: 'v0.7.0', versions: ['v0.7.0'] }),
    desiredPlugin('secret/my-kv', {
      use: 'unversioned',
      retire: ['v0.16.2'],
      versions: [
        desiredVersion('secret/my-kv', 'unversioned'),
        desiredVersion('secret/my-kv', 'v0.21.0', {
          args: ['--log-json', 'a b'],
          env: [{ name: 'FROM', from: 'PLUGIN_TOKEN' }],
          data: { upgradeFrom: '>=0.16.0', downgradeTo: '0.20.x' },
        }),
      ],
    }),
  ],
  mounts: [
    desiredMount('team-a/', 'secret/my-kv', {
      use: 'v0.21.0',
      canary: true,
      enable: true,
      because: 'it is the first',
      verify: [
        { kind: 'read', path: 'shared/' },
        { kind: 'run', command: ['checks/smoke.sh', '{mount}'] },
      ],
    }),
  ],
  connections: [desiredConnection('db/config/orders', 'database/redis', 'v0.7.0')],
  allow: [
    { rule: 'data-upgrade', subject: 'secret/my-kv', because: 'allowed on the command line' },
    { rule: 'siblings', subject: 'secret/my-kv', because: 'known', until: '2027-01-01' },
  ],
  ignore: [],
}

it('is the same except for the places', async () => {
  const document = JSON.parse(JSON.stringify(desiredDocument(EVERYTHING))) as unknown

  const read = await readDesiredOfPlan('plan.json', document, {})

  expect(withoutSources(read)).toEqual(withoutSources(EVERYTHING))
  expect(desiredDocument(read)).toEqual(document)
  expect(read.mounts[0]?.source.file).toBe('plan.json#/desired/mounts/team-a~1')
})

it('holds no value of a variable, and says that there is one', async () => {
  const secret = { name: 'KEY', value: 'a-secret-value' }
  const document = desiredDocument({
    ...EVERYTHING,
    plugins: [
      desiredPlugin('secret/my-kv', {
        versions: [desiredVersion('secret/my-kv', 'v0.21.0', { env: [secret] })],
      }),
    ],
    mounts: [],
    connections: [],
  })

  const read = await readDesiredOfPlan('plan.json', document, {})

  expect(JSON.stringify(document)).not.toContain(secret.value)
  expect(JSON.stringify(document)).toContain(WITHHELD_VALUE)
  expect(read.plugins[0]?.versions[0]?.env).toEqual([{ name: 'KEY', withheld: true }])
})

const BINARY = { command: 'kv', sha256: 'a'.repeat(64) }
const KV = { versions: { 'v1.0.0': BINARY } }

it.each([
  ['a cluster address', { cluster: { address: 'http://sink:8200' } }, 'address does not belong'],
  ['nodes', { cluster: { nodes: ['http://sink:8200'] } }, 'nodes does not belong'],
  ['what drift is to pass over', { ignore: [] }, 'ignore does not belong'],
  [
    'a hash that is read from a file here',
    { plugins: { 'secret/kv': { versions: { 'v1.0.0': { ...BINARY, sha256: { sums: '/x' } } } } } },
    'a plan holds the hashes',
  ],
  [
    'a binary that is read here',
    {
      plugins: { 'secret/kv': { versions: { 'v1.0.0': { ...BINARY, sha256: { binary: '/x' } } } } },
    },
    'a plan holds the hashes',
  ],
  ['a plugin with a path in it', { plugins: { 'secret/../x': KV } }, 'secret/../x'],
  [
    'a command with a path in it',
    { plugins: { 'secret/kv': { versions: { 'v1.0.0': { ...BINARY, command: '../sh' } } } } },
    'path separator',
  ],
  [
    'a check that leaves the mount',
    {
      plugins: { 'secret/kv': KV },
      mounts: { 'a/': { plugin: 'secret/kv', verify: [{ read: '../sys/seal' }] } },
    },
    'leaves the mount',
  ],
  ['a rule there is not', { allow: [{ rule: 'all', subject: 'x', because: 'y' }] }, 'all'],
  ['a key there is not', { steps: [] }, 'steps'],
])('is refused for %s, with its place in the plan', async (_, parts, words) => {
  const reading = readDesiredOfPlan(
    'plan.json',
    { version: 1, plugins: {}, ...parts },
    { rules: new Set(['siblings']) },
  )

  await expect(reading).rejects.toThrow(words)
  await expect(reading).rejects.toThrow('plan.json#/desired')
})

function withoutSources(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inside: unknown) => (key === 'source' ? undefined : inside)),
  )
}
