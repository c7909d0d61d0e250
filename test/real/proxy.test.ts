/** Every node of a cluster with TLS, reached through a proxy. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import type { DoctorReport } from '../../src/documents/doctor.generated.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { startConnectProxy } from '../proxy/connect-proxy.ts'
import { runOn } from './run-on-cluster.ts'

describeOwn('a cluster behind a proxy', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await startCluster({ nodes: 3, tls: true })
  })
  afterAll(() => cluster.stop())

  const hosts = (): string[] => cluster.addresses.map((address) => new URL(address).host)
  const byName = (): string => (cluster.addresses[0] ?? '').replace('127.0.0.1', 'localhost')

  it('is read through BAO_HTTP_PROXY, each node at its own address, and the proxy sees no token', async () => {
    await using proxy = await startConnectProxy()
    const ca = await readFile(cluster.caCertificate ?? '', 'utf8')
    const url = `http://someone:proxy-password@${proxy.host}`

    const run = await runOn(cluster, ['status', '--verbose'], {
      env: {
        ...{ BAO_HTTP_PROXY: url, VAULT_HTTP_PROXY: url, DEBUG: '*' },
        // The authority itself, not the name of its file.
        ...{ BAO_CACERT: '', VAULT_CACERT: '', BAO_CACERT_BYTES: ca },
      },
    })

    expect(run).toMatchObject({ exitCode: 0 })
    expect(run.stdout).toContain('Cluster lab')
    expect(new Set(proxy.asked)).toEqual(new Set(hosts().map((host) => `CONNECT ${host}`)))
    expect(proxy.sent()).not.toContain(cluster.token)
    expect(proxy.sent()).not.toMatch(/x-vault|sys\/mounts/i)
    expect(run.stdout + run.stderr).not.toContain('proxy-password')
    // Connections are kept: fewer tunnels than requests.
    expect(proxy.asked.length).toBeLessThan(run.stderr.match(/ -> 200 /g)?.length ?? 0)
  })

  it('is reached directly where only HTTPS_PROXY is set, since loopback addresses need no proxy', async () => {
    await using proxy = await startConnectProxy()

    const run = await runOn(cluster, ['status'], { env: { HTTPS_PROXY: proxy.url } })

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(proxy.asked).toEqual([])
  })

  describe('that leads elsewhere', () => {
    it('is refused: the certificate must be for the node that was asked', async () => {
      const port = Number(new URL(cluster.addresses[0] ?? '').port)
      await using proxy = await startConnectProxy({ leadTo: { host: '127.0.0.1', port } })

      // No certificate of this cluster is for 192.0.2.7; for localhost each is.
      const run = await runOn(cluster, ['status', '--address', `https://192.0.2.7:${port}`], {
        env: { HTTPS_PROXY: proxy.url },
      })

      expect(run).toMatchObject({ exitCode: 1, stdout: '' })
      expect(run.stderr).toContain(`https://192.0.2.7:${port}: its certificate is for another name`)
      expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT 192.0.2.7:${port}`]))
    })
  })

  it('is checked by doctor, with the proxy and the certificate of each node', async () => {
    await using proxy = await startConnectProxy()

    const run = await runOn(cluster, ['doctor', '--json'], {
      env: { BAO_PROXY_ADDR: `http://someone:proxy-password@${proxy.host}` },
    })

    const { checks } = JSON.parse(run.stdout) as DoctorReport
    const find = (name: string) => checks.find(({ check }) => check === name)
    expect(run.exitCode).toBe(0)
    expect(run.stdout).not.toContain('proxy-password')
    expect(find('proxy')?.result).toBe('ok')
    expect([...(find('proxy')?.details ?? [])].sort()).toEqual(
      cluster.addresses.map((address) => `${address} through ${proxy.url} (BAO_PROXY_ADDR)`).sort(),
    )
    // The certificate of the test cluster is for two days.
    expect(find('certificate')).toMatchObject({ result: 'warning' })
    expect(find('certificate')?.details).toHaveLength(3)
    expect(find('certificate')?.details.join()).toContain('IP Address:127.0.0.1, DNS:localhost')
  })

  it('names the proxy that wants a password, and its variable', async () => {
    await using proxy = await startConnectProxy({
      answer: (socket) => socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'),
    })

    const run = await runOn(cluster, ['status', '--address', byName()], {
      env: { BAO_PROXY_ADDR: `http://someone:wrong-password@${proxy.host}` },
    })

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain(
      `${byName()}: the proxy ${proxy.url} (BAO_PROXY_ADDR) answered CONNECT with HTTP 407`,
    )
    expect(run.stderr).toContain('It needs a user name and a password')
    expect(run.stderr).not.toContain('wrong-password')
  })
})
