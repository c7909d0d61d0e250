/**
 * What stands between the program and a cluster, each with its own message and exit code. That no
 * run shows its token is held by the runner, for every run of every test.
 */
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import {
  describeOwn,
  describeReal,
  sharedCluster,
  type SharedCluster,
} from '../cluster/shared-cluster.ts'
import { runLockstep, type Run } from '../cli/run-lockstep.ts'
import { copyExamples } from './examples.ts'
import { runOn } from './run-on-cluster.ts'

describeReal('a cluster that cannot be asked', () => {
  it('says that nothing listens at the address', async () => {
    const address = `http://127.0.0.1:${String(await closedPort())}`

    const run = await askAt(address)

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain(`${address}: connection refused`)
    expect(run.stderr).toContain('BAO_ADDR')
  })

  it('says that the host name is not known', async () => {
    const run = await askAt('http://no-such-host.invalid:8200')

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('http://no-such-host.invalid:8200: the host name is not known')
  })

  it('says that an address is none', async () => {
    const run = await askAt('not an address')

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('"not an address" is not an address of a server')
  })

  it('says that a server which was asked over TLS speaks none', async () => {
    const cluster = sharedCluster()
    const address = (cluster.addresses[0] ?? '').replace('http:', 'https:')

    const run = await askAt(address, cluster)

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain(`${address}: it does not speak TLS`)
    expect(run.stderr).toContain('http://')
  })
})

describeReal('a list of nodes', () => {
  it('with one node under two addresses is refused with both', async () => {
    const cluster = sharedCluster()
    const active = cluster.addresses[await cluster.activeIndex()] ?? ''
    const again = active.replace('127.0.0.1', 'localhost')
    const list = [...cluster.addresses.slice(0, 2), active, again]

    const run = await runOn(cluster, [
      'status',
      ...[...new Set(list)].flatMap((node) => ['--node', node]),
    ])

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain(`${active} and ${again} lead to the same node`)
  })
})

describeReal('a token', () => {
  beforeAll(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), ['secret/my-kv'])
  })
  afterAll(() => sharedCluster().reset())

  it('that the server does not know is refused with 8', async () => {
    const run = await runOn(sharedCluster(), ['status'], { token: 'hvs.notatokenofthisserver' })

    expect(run).toMatchObject({ exitCode: 8, stdout: '' })
    expect(run.stderr).toContain('does not accept the token')
  })

  it('that is missing is refused with 8', async () => {
    const run = await runLockstep(['status'], {
      env: { BAO_ADDR: firstAddress(), BAO_TOKEN: '' },
    })

    expect(run).toMatchObject({ exitCode: 8, stdout: '' })
    expect(run.stderr).toContain('token')
  })

  it('that has a line break in it is refused with 8, unsent', async () => {
    const run = await runOn(sharedCluster(), ['status'], { token: 'hvs.one\nhvs.two' })

    expect(run).toMatchObject({ exitCode: 8, stdout: '' })
    expect(run.stderr).toContain('the token holds characters that no token has')
  })

  it('that may not read the catalog is refused with 8 and the path', async () => {
    const cluster = sharedCluster()
    const token = await tokenThatMay(cluster, {
      'sys/mounts': ['read'],
      'sys/auth': ['read'],
      'sys/ha-status': ['read'],
    })

    const run = await runOn(cluster, ['status'], { token })

    expect(run).toMatchObject({ exitCode: 8, stdout: '' })
    expect(run.stderr).toContain('GET sys/plugins/catalog: the token may not do this')
    expect(run.stderr).toContain('path "sys/plugins/catalog" { capabilities = ["read"] }')
  })

  it('that may read everything and write nothing is refused with 8 and the paths, by plan too', async () => {
    const cluster = sharedCluster()
    await using copy = await copyExamples(cluster)
    const token = await tokenThatMay(cluster, { '*': ['read', 'list', 'sudo'] })
    const file = `${copy.folder}/upgrade-in-place`

    const planned = await runOn(cluster, ['plan', '-f', file], { token })
    const applied = await runOn(cluster, ['apply', '--auto-approve', '-f', file], { token })

    expect([planned.exitCode, applied.exitCode]).toEqual([8, 8])
    for (const { stdout } of [planned, applied]) {
      expect(stdout).toContain('capability-missing')
      expect(stdout).toContain('path "sys/plugins/catalog/secret/my-kv"')
      expect(stdout).toContain('path "sys/plugins/reload/backend"')
    }
    expect(applied.journal).not.toContain('step_started')
  })

  it('that was made this moment is good for every node', async () => {
    const cluster = sharedCluster()

    for (let round = 0; round < 8; round += 1) {
      const token = await tokenThatMay(cluster, { '*': ['read', 'list', 'sudo'] })
      const run = await runOn(cluster, ['status', '--json'], { token })
      const { nodes, unreadable } = JSON.parse(run.stdout) as LiveState

      expect(unreadable).toEqual([])
      if (cluster.product === 'openbao') {
        expect(nodes.map(({ state }) => state)).toEqual(['serving', 'serving', 'serving'])
      }
    }
  })

  it('is taken from ~/.vault-token', async () => {
    const { addresses, token } = sharedCluster()

    const run = await runLockstep(['status'], {
      env: { BAO_ADDR: addresses[0] ?? '' },
      tokenFile: `${token}\n`,
    })

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toContain('team-a/')
  })

  it('of the environment goes before ~/.vault-token', async () => {
    const run = await runOn(sharedCluster(), ['status'], { tokenFile: 'hvs.anoldone' })

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('is in no request that --verbose logs, and in no journal', async () => {
    const cluster = sharedCluster()
    await using copy = await copyExamples(cluster)
    const file = `${copy.folder}/upgrade-in-place`

    const run = await runOn(cluster, ['apply', '--auto-approve', '--verbose', '-f', file])

    expect(run.exitCode).toBe(0)
    expect(run.stderr).toMatch(/POST http:\S+\/v1\/sys\/plugins\/reload\/backend -> 200/)
    expect(run.journal).toContain('"event":"run_ended"')
  })
})

describeOwn('a server with TLS', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await startCluster({ nodes: 1, tls: true })
  })
  afterAll(() => cluster.stop())

  it('whose authority is not trusted is refused, with the way to trust it', async () => {
    const run = await runOn(cluster, ['status'], { env: noAuthority })

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('its certificate is not trusted')
    expect(run.stderr).toContain('BAO_CACERT')
  })

  it.each([
    ['BAO_CACERT', (file: string) => ({ env: { ...noAuthority, BAO_CACERT: file }, args: [] })],
    ['VAULT_CACERT', (file: string) => ({ env: { ...noAuthority, VAULT_CACERT: file }, args: [] })],
    ['--ca-cert', (file: string) => ({ env: noAuthority, args: ['--ca-cert', file] })],
  ])('is asked with its authority in %s', async (_, give) => {
    const { env, args } = give(cluster.caCertificate ?? '')

    const run = await runOn(cluster, ['status', ...args], { env })

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toContain('Cluster lab')
  })

  it('is asked without an authority where verification is off', async () => {
    const run = await runOn(cluster, ['status', '--tls-skip-verify'], { env: noAuthority })

    expect(run).toMatchObject({ exitCode: 0 })
    expect(run.stdout).toContain('Cluster lab')
  })

  it('is refused where its certificate is of another name', async () => {
    const run = await runOn(cluster, ['status', '--tls-server-name', 'vault.example.com'])

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('its certificate is for another name')
    expect(run.stderr).toContain('--tls-server-name')
  })

  it('says that the certificate file cannot be read', async () => {
    const run = await runOn(cluster, ['status', '--ca-cert', '/no/such/file.pem'])

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('/no/such/file.pem cannot be read (ENOENT)')
  })

  it('says so when it is asked without TLS', async () => {
    const address = (cluster.addresses[0] ?? '').replace('https:', 'http:')

    const run = await askAt(address, cluster)

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain(`${address} speaks TLS`)
    expect(run.stderr).toContain('https://')
  })

  describe('and sealed', () => {
    beforeAll(() => cluster.node(0).seal())

    it('says that it is sealed', async () => {
      const run = await runOn(cluster, ['status'])

      expect(run).toMatchObject({ exitCode: 1, stdout: '' })
      expect(run.stderr).toContain(`${cluster.addresses[0] ?? ''} is sealed`)
    })
  })
})

const noAuthority = { BAO_CACERT: '', VAULT_CACERT: '' }

function askAt(address: string, cluster?: { readonly token: string }): Promise<Run> {
  const token = cluster?.token ?? 'hvs.nobodysees'
  return runLockstep(['status', '--verbose'], {
    env: { BAO_ADDR: address, BAO_TOKEN: token },
  }).then(({ stderr, ...run }) => ({
    ...run,
    // The requests that were logged tell nothing of the message.
    stderr: stderr
      .split('\n')
      .filter((line) => !/^GET .* -> /.test(line))
      .join('\n'),
  }))
}

function firstAddress(): string {
  return sharedCluster().addresses[0] ?? ''
}

/** A port of this machine that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the server had no port')
  return address.port
}

async function tokenThatMay(
  cluster: SharedCluster,
  paths: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const active = await cluster.activeIndex()
  const policy = Object.entries(paths)
    .map(
      ([path, capabilities]) => `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }`,
    )
    .join('\n')
  await cluster.request(active, 'PUT', 'sys/policies/acl/little', { body: { policy } })
  const answer = await cluster.request<{ auth: { client_token: string } }>(
    active,
    'POST',
    'auth/token/create',
    { body: { policies: ['little'], no_default_policy: false } },
  )
  return answer.body.auth.client_token
}
