/** The drift service on a real cluster: drift made by hand, a node that stops, a token that is revoked. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestCluster, startCluster } from '../cluster/cluster.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { Workplace } from '../faults/run-program.ts'
import { RunningService } from '../service.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'

const KV = 'secret/team-kv'

// A cluster of its own: a node is stopped.
describeOwn('the drift service', () => {
  const own: {
    cluster?: TestCluster
    file?: DesiredFile
    place?: Workplace
    service?: RunningService
    token?: string
  } = {}
  const cluster = (): TestCluster => own.cluster!
  const service = (): RunningService => own.service!
  const onActive = async <Body>(method: 'POST' | 'GET', path: string, body?: object) =>
    (
      await cluster().request<Body>(await cluster().activeIndex(), method, path, {
        ...(body !== undefined && { body: body }),
      })
    ).body

  beforeAll(async () => {
    own.cluster = await startCluster({ plugins: ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'] })
    await makeExampleStates(cluster(), [KV])
    const binary = {
      command: 'secrets-kv-0.16.2',
      sha256: cluster().pluginSha256('secrets-kv-0.16.2'),
    }
    own.file = await writeDesired({
      cluster: { name: 'prod' },
      plugins: { [KV]: { use: 'v0.16.2', versions: { 'v0.16.2': binary } } },
    })
    const { auth } = await onActive<{ auth: { client_token: string } }>(
      'POST',
      'auth/token/create',
      // Half of this passes during the test many times: without renewals the service would lose it.
      { policies: ['root'], ttl: '6s', explicit_max_ttl: '1h' },
    )
    own.token = auth.client_token
    own.place = await Workplace.make(auth.client_token, { BAO_ADDR: cluster().addresses[0] ?? '' })
    own.service = new RunningService(own.place, [
      ...['--interval', '1s', '--listen', '127.0.0.1:0', '-f', own.file.path],
      ...cluster().addresses.flatMap((address) => ['--node', address]),
    ])
  })
  afterAll(async () => {
    service().kill('SIGTERM')
    await service().ended
    await own.cluster?.stop()
    await own.file?.[Symbol.asyncDispose]()
    await own.place?.[Symbol.asyncDispose]()
  })

  it('is in sync, and shows drift that is made by hand within a round', async () => {
    await service().nextRound(({ result }) => result === 'no_drift')
    expect(await service().metric('lockstep_drift_in_sync', 'prod')).toBe(1)
    await onActive('POST', 'sys/plugins/catalog/secret/team-kv', {
      version: 'v0.21.0',
      command: 'secrets-kv-0.21.0',
      sha256: cluster().pluginSha256('secrets-kv-0.21.0'),
    })
    await onActive('POST', 'sys/mounts/beta/tune', { plugin_version: 'v0.21.0' })

    await service().nextRound(({ result }) => result === 'drift')

    expect(await service().metric('lockstep_drift_differences', 'version-differs')).toBe(1)
    expect(await (await service().get('/')).text()).toContain('version-differs')
    await onActive('POST', 'sys/mounts/beta/tune', { plugin_version: 'v0.16.2' })
    await service().nextRound(({ result }) => result === 'no_drift')
  })

  it('shows a node that is stopped, and that it is back', async () => {
    const active = await cluster().activeIndex()
    const standby = [0, 1, 2].find((index) => index !== active) ?? 0
    const node = cluster().nodes[standby]!
    await node.stop()

    await service().nextRound(({ result }) => result === 'incomplete' || result === 'drift')

    expect(await service().metric('lockstep_drift_nodes', 'unreachable')).toBe(1)
    expect(await service().metric('lockstep_drift_complete')).toBe(0)
    await node.restart()
    await service().nextRound(({ result }) => result === 'no_drift')
    expect(await service().metric('lockstep_drift_nodes', 'unreachable')).toBe(0)
  })

  it('has outlived the first life of its token, renewed', async () => {
    await waitUntil('the token is older than its first life', async () => {
      const { data } = await onActive<{ data: { creation_time: number } }>(
        'POST',
        'auth/token/lookup',
        { token: own.token },
      )
      const age = Date.now() / 1000 - data.creation_time
      return age > 8 ? undefined : `${String(age)} s`
    })
    await service().nextRound(({ result }) => result === 'no_drift')
  })

  it('shows a revoked token as a failed round, and goes on', async () => {
    await onActive('POST', 'auth/token/revoke', { token: own.token })

    await service().nextRound(({ cause }) => cause === 'bad-token')

    expect(await service().metric('lockstep_drift_check_success', 'prod')).toBe(0)
    expect(
      await service().metric('lockstep_service_failed_rounds_total', 'bad-token'),
    ).toBeGreaterThan(0)
    expect((await service().get('/healthz')).status).toBe(200)
  })

  it('ends with 0 at SIGTERM', async () => {
    service().kill('SIGTERM')

    const { exitCode, stdout } = await service().ended

    expect([exitCode, stdout]).toEqual([0, ''])
  })
})
