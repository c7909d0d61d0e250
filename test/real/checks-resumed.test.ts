/** Runs that end amid a canary's check, or without a living token: the other mounts stay. */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { type Started, Workplace } from '../faults/run-program.ts'
import { writeDesired } from './desired-file.ts'
import { hashesOf } from './node-views.ts'

const oldFile = 'secrets-kv-0.16.2'
const newFile = 'secrets-kv-0.21.0'
const plugin = 'secret/team-kv'

describeReal('a run that ends amid the check of a canary', () => {
  let place: Workplace
  /** Holds `asked`, a line each time the check was made; while `hang` is there, the last one waits. */
  let folder: string
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), [plugin])
    place = await Workplace.make(sharedCluster().token)
    folder = await mkdtemp(join(tmpdir(), 'lockstep-checks-'))
  })
  afterEach(async () => {
    await place[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  afterAll(() => sharedCluster().reset())

  it('by kill -9: the next run makes the check first, and rolls the canary back where it fails', async () => {
    await using file = await desired()
    await writeFile(join(folder, 'hang'), '')
    const first = start('apply', file.path)
    await untilAsked(await nodesServing())
    first.child.kill('SIGKILL')
    await first.ended
    await rm(join(folder, 'hang'))
    await writeFile(join(folder, 'fails'), '')

    const plan = await start('plan', file.path, ['--json']).ended
    const second = await start('apply', file.path).ended

    const { steps } = JSON.parse(plan.stdout) as {
      steps: { action: { kind: string }; why: string }[]
    }
    expect(steps[0]?.action.kind).toBe('check')
    expect(steps[0]?.why).toContain('a run ended before its checks')
    expect(second.stdout).toMatch(/Failed: check alpha\/ on /)
    expect(second.stdout).toContain(
      'Rolled back. Every mount that was touched runs its old version',
    )
    expect(second.stdout).toMatch(/Not begun:\n\s+- tune beta\//)
    expect(second.exitCode).toBe(5)
    await expectEverywhere(['alpha/', 'beta/', 'gamma/'], oldFile)
  })

  it('by Ctrl-C twice: the same, and where the check passes the others follow', async () => {
    await using file = await desired()
    await writeFile(join(folder, 'hang'), '')
    const first = start('apply', file.path)
    await untilAsked(await nodesServing())
    const stopping = once(first.child.stderr!, 'data')
    first.child.kill('SIGINT')
    await stopping
    first.child.kill('SIGINT')
    const cut = await first.ended
    await rm(join(folder, 'hang'))

    const second = await start('apply', file.path).ended

    expect(cut.exitCode).toBe(130)
    expect(cut.stderr).toMatch(/Result unknown \(could not be checked\):\n\s+- reload alpha\//)
    expect(second.stderr).toMatch(/check alpha\/ on .* … done/)
    expect(second.exitCode).toBe(0)
    await expectEverywhere(['alpha/', 'beta/'], newFile)
    const third = await start('plan', file.path, ['--detailed-exitcode']).ended
    expect(third.exitCode).toBe(0)
  })

  it('by a token that ends: exit 8, log in again, and no request to make by hand', async () => {
    await using file = await desired()
    await writeFile(join(folder, 'hang'), '')
    const token = await childToken()
    await place[Symbol.asyncDispose]()
    place = await Workplace.make(token)
    const first = start('apply', file.path)
    await untilAsked(await nodesServing())
    await revoke(token)
    // What the check of a dead token comes to.
    await writeFile(join(folder, 'fails'), '')
    await rm(join(folder, 'hang'))

    const ended = await first.ended

    expect(ended.exitCode).toBe(8)
    expect(ended.stdout).toContain('log in again')
    expect(ended.stdout).not.toContain('curl')
    expect(ended.stdout).toContain('To resume: lockstep apply')
    await expectEverywhere(['beta/', 'gamma/'], oldFile)
  })

  it('is warned of by plan where the token ends before a run may be done', async () => {
    await using file = await desired()
    const lasting = await start('plan', file.path).ended
    await place[Symbol.asyncDispose]()
    place = await Workplace.make(await childToken({ ttl: '30s', renewable: false }))

    const short = await start('plan', file.path).ended

    expect(lasting.stderr).not.toContain('the token lives')
    expect(short.stderr).toMatch(/the token lives \d+ s more, and the run may take \d+ s/)
  })

  function desired() {
    const cluster = sharedCluster()
    const binary = (of: PluginFile) => ({ command: of, sha256: cluster.pluginSha256(of) })
    const check = [
      `echo asked >> ${folder}/asked`,
      `while [ -e ${folder}/hang ] && [ $(wc -l < ${folder}/asked) -ge ${String(cluster.product === 'vault' ? 1 : 3)} ]; do sleep 0.1; done`,
      `[ ! -e ${folder}/fails ]`,
    ].join('; ')
    return writeDesired({
      plugins: {
        [plugin]: {
          use: 'v0.21.0',
          versions: { 'v0.16.2': binary(oldFile), 'v0.21.0': binary(newFile) },
        },
      },
      mounts: {
        'alpha/': { plugin, canary: true, verify: [{ run: ['sh', '-c', check] }] },
        'gamma/': { plugin, use: 'v0.16.2', because: 'held back' },
      },
    })
  }

  function start(command: 'plan' | 'apply', path: string, flags: readonly string[] = []): Started {
    const approve = command === 'apply' ? ['--auto-approve'] : []
    const where = ['--address', sharedCluster().addresses[0] ?? '', '--journal', place.journals]
    return place.start([command, ...approve, '-f', path, ...where, ...flags])
  }

  async function nodesServing(): Promise<number> {
    return (await sharedCluster().servingIndices()).length
  }

  async function untilAsked(times: number): Promise<void> {
    const path = join(folder, 'asked')
    await waitUntil(`the check was made ${String(times)} times`, async () => {
      const lines = existsSync(path) ? (await readFile(path, 'utf8')).split('\n').length - 1 : 0
      return lines >= times ? undefined : `${String(lines)} times`
    })
  }

  async function childToken(how: object = { ttl: '1h' }): Promise<string> {
    const body = { policies: ['root'], no_parent: true, ...how }
    const { body: answer } = await sharedCluster().request(0, 'POST', 'auth/token/create', { body })
    return (answer as { auth: { client_token: string } }).auth.client_token
  }

  async function revoke(token: string): Promise<void> {
    await sharedCluster().request(0, 'POST', 'auth/token/revoke', { body: { token } })
  }

  async function expectEverywhere(mounts: readonly string[], of: PluginFile): Promise<void> {
    for (const mount of mounts) {
      const hashes = new Set(await hashesOf(sharedCluster(), mount))
      expect(hashes).toEqual(new Set([sharedCluster().pluginSha256(of)]))
    }
  }
})
