/** What `import` writes: plans to nothing, brings back what is lost, and names what it could not read. */
import { afterAll, beforeEach, expect, it } from 'vitest'
import { parse } from 'yaml'
import { describe as told } from '../cluster/cluster-client.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { writeDesired } from './desired-file.ts'
import { findSilentMounts, readExternalEntries } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

const FILE = 'auth-jwt-0.25.0'
const PATH = 'sys/plugins/catalog/auth/jwt'

describeReal('import of an overridden builtin', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await send('POST', PATH, { command: FILE, sha256: sharedCluster().pluginSha256(FILE) })
    await send('POST', 'sys/auth/jwt', { type: 'jwt' })
    await sharedCluster().waitUntilReady()
  })
  afterAll(() => sharedCluster().reset())

  async function send(method: string, path: string, body?: object): Promise<void> {
    const cluster = sharedCluster()
    const answer = await cluster.request(await cluster.activeIndex(), method, path, { body })
    if (answer.status >= 300) throw new Error(`${path}: ${told(answer)}`)
  }

  async function importWith(token?: string): Promise<string> {
    const run = await runOn(sharedCluster(), ['import'], token === undefined ? {} : { token })
    expect(run.exitCode).toBe(0)
    return run.stdout
  }

  const asFile = (text: string) => writeDesired(parse(text) as Record<string, unknown>)

  it('plans to nothing, and registers the entry again where the cluster lost it', async () => {
    const cluster = sharedCluster()
    const text = await importWith()
    expect(parse(text)).toMatchObject({
      plugins: { 'auth/jwt': { overrides: 'builtin', use: 'unversioned' } },
    })
    await using file = await asFile(text)
    const planned = await runOn(cluster, ['plan', '--detailed-exitcode', '-f', file.path])
    expect([planned.exitCode, planned.stderr]).toEqual([0, ''])
    const before = await readExternalEntries(cluster)

    await send('DELETE', PATH)
    expect(await readExternalEntries(cluster)).toEqual([])
    const applied = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(applied.exitCode).toBe(0)
    expect(await readExternalEntries(cluster)).toEqual(before)
    expect(await findSilentMounts(cluster)).toEqual([])
  })

  it('with a token that may not read the entry says that it is registered, and plans to nothing', async () => {
    const cluster = sharedCluster()
    const token = await tokenWithout(PATH)

    const text = await importWith(token)

    expect(text).toMatch(/^# Note: The entry auth\/jwt unversioned could not be read/m)
    expect(text).toContain(
      'auth/jwt/ is configured for auth/jwt unversioned, which is registered and could not be read.',
    )
    expect(text).not.toContain('not registered')
    expect(parse(text)).toMatchObject({ plugins: { 'auth/jwt': { overrides: 'builtin' } } })
    await using file = await asFile(text)
    const planned = await runOn(cluster, ['plan', '--json', '-f', file.path])
    expect([planned.exitCode, JSON.parse(planned.stdout)]).toMatchObject([0, { steps: [] }])
  })

  /** What `lockstep policy` prints for import, but for one path. */
  async function tokenWithout(path: string): Promise<string> {
    const cluster = sharedCluster()
    const printed = await runOn(cluster, ['policy'])
    const policy = `${printed.stdout}\npath "${path}" { capabilities = ["deny"] }\n`
    await send('POST', 'sys/policies/acl/import-without', { policy })
    const made = await cluster.request<{ auth: { client_token: string } }>(
      await cluster.activeIndex(),
      'POST',
      'auth/token/create',
      { body: { policies: ['import-without'] } },
    )
    return made.body.auth.client_token
  }
})
