/** Where the token comes from, and how the requests of a run are told in the servers' audit logs. */
import { existsSync } from 'node:fs'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { Workplace } from '../faults/run-program.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import { writeDesired } from './desired-file.ts'

const KV = 'secret/team-kv'

describeReal('the token of requests', () => {
  const cluster = () => sharedCluster()
  const address = (): string => cluster().addresses[0] ?? ''
  beforeAll(async () => {
    await cluster().reset()
    await makeExampleStates(cluster(), [KV])
  })
  afterAll(() => cluster().reset())

  describe('of a token helper', () => {
    const status = async (script: string) => {
      await using place = await Workplace.make('', { BAO_ADDR: address() })
      const helper = join(place.home, 'helper')
      await writeFile(helper, `#!/bin/sh\n${script}\n`)
      await chmod(helper, 0o700)
      await writeFile(join(place.home, '.bao'), `token_helper = "${helper}"\n`)
      await writeFile(join(place.home, '.vault-token'), 'hvs.stale')
      return await place.run(['status'])
    }
    const printed = (): string => `[ "$1" = get ] && printf %s "$(cat token)"`

    it('is used before the file, which may be stale', async () => {
      await using token = await makeScratchFolder({ token: cluster().token })
      const run = await status(printed().replace('cat token', `cat ${join(token.path, 'token')}`))

      expect(run).toMatchObject({ exitCode: 0 })
      expect(run.stdout).toContain('alpha/')
    })

    it('that prints two lines ends with 8', async () => {
      const run = await status('echo one; echo two')

      expect(run).toMatchObject({ exitCode: 8, stdout: '' })
      expect(run.stderr).toContain('printed 2 lines')
    })
  })

  it('is read from its file again if a server refuses it during a run', async () => {
    await using scratch = await makeScratchFolder({ hang: '', token: await newToken() })
    const [file, hang] = [join(scratch.path, 'token'), join(scratch.path, 'hang')]
    await using place = await Workplace.make('', { BAO_ADDR: address(), BAO_TOKEN_PATH: file })
    const check = `touch ${hang}ing; while [ -e ${hang} ]; do sleep 0.1; done`
    await using desired = await upgrade(check)
    const run = place.start(['apply', '--auto-approve', '-f', desired.path])
    await waitUntil('the canary is being checked', () =>
      existsSync(`${hang}ing`) ? undefined : 'not yet',
    )
    const old = await readFile(file, 'utf8')
    await writeFile(file, await newToken())
    const active = await cluster().activeIndex()
    await cluster().request(active, 'POST', 'auth/token/revoke', { body: { token: old } })
    await rm(hang)

    const { exitCode, stdout } = await run.ended

    expect(stdout).toContain('Apply complete.')
    expect(exitCode).toBe(0)
  })

  async function newToken(): Promise<string> {
    const active = await cluster().activeIndex()
    const { body } = await cluster().request<{ auth: { client_token: string } }>(
      ...([active, 'POST', 'auth/token/create', { body: { policies: ['root'] } }] as const),
    )
    return body.auth.client_token
  }

  function upgrade(check: string) {
    const binary = (command: 'secrets-kv-0.16.2' | 'secrets-kv-0.21.0') => ({
      command,
      sha256: cluster().pluginSha256(command),
    })
    const data = { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' }
    const versions = {
      'v0.16.2': binary('secrets-kv-0.16.2'),
      'v0.21.0': { ...binary('secrets-kv-0.21.0'), data },
    }
    return writeDesired({
      plugins: { [KV]: { use: 'v0.21.0', versions } },
      mounts: { 'alpha/': { plugin: KV, canary: true, verify: [{ run: ['sh', '-c', check] }] } },
    })
  }

  it('goes with the id of the run, which an audit log lists if the server is told to', async () => {
    const active = await cluster().activeIndex()
    const setting = 'sys/config/auditing/request-headers/X-Lockstep-Run'
    const body = { hmac: false }
    await cluster().request(active, 'POST', setting, { body })
    await cluster().reset()
    await makeExampleStates(cluster(), [KV])
    await using place = await Workplace.make(cluster().token, { BAO_ADDR: address() })
    await using desired = await upgrade('true')

    const run = await place.run([
      ...['apply', '--auto-approve', '-f', desired.path, '--journal', place.journals],
    ])

    expect(run.exitCode).toBe(0)
    const lines = await readFile(cluster().description.nodes[active]?.auditLog ?? '', 'utf8')
    const writes = lines
      .split('\n')
      .filter(
        (line) =>
          line.includes('"type":"request"') && line.includes('plugins/catalog/secret/team-kv'),
      )
      .filter((line) => line.includes('"x-lockstep-run"'))
    expect(writes.length).toBeGreaterThan(0)
    for (const line of writes) expect(line).toContain(place.runs()[0])
    await cluster().request(active, 'DELETE', setting)
  })
})
