/**
 * A journal for all machines: a run that one machine began and was killed in is listed, resumed and
 * rolled back by another, which has no journal of its own.
 */
import { existsSync, readdirSync } from 'node:fs'
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { type Ended, type Started, Workplace } from '../faults/run-program.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { hashesOf } from './node-views.ts'
import { tokenFor } from './policy-token.ts'

const plugin = 'secret/team-kv'
const oldFile = 'secrets-kv-0.16.2'
const newFile = 'secrets-kv-0.21.0'
const KV = 'locks/runs'

describeReal('a journal for all machines', () => {
  let cluster: ReturnType<typeof sharedCluster>
  /** Two machines: each has a home of its own, and so journals of its own. */
  let one: Workplace
  let two: Workplace
  beforeEach(async () => {
    cluster = sharedCluster()
    await cluster.reset()
    await makeExampleStates(cluster, [plugin])
    await mountStore('locks', { version: '2' })
    one = await Workplace.make(cluster.token)
    two = await Workplace.make(cluster.token)
  })
  afterEach(async () => {
    await one[Symbol.asyncDispose]()
    await two[Symbol.asyncDispose]()
  })

  it('lets a machine list, resume and roll back a run in which another one died', async () => {
    await using file = await desired({ hangsIn: one.home })
    const run = await killInCheck(file)

    const listed = await on(two, ['history', '-f', file.path])
    const planned = await on(two, ['plan', '-f', file.path])
    const resumed = await on(two, ['apply', '-f', file.path, '--auto-approve'])
    const again = await on(two, ['plan', '-f', file.path, '--detailed-exitcode'])
    const shown = await on(one, ['history', '-f', file.path, '--json'])

    expect(listed.stdout).toContain(run)
    expect(planned.stderr).toContain(run)
    expect({ exitCode: resumed.exitCode, stderr: resumed.stderr }).toMatchObject({ exitCode: 0 })
    await expectEverywhere(newFile)
    expect(again.exitCode).toBe(0)
    const { runs } = JSON.parse(shown.stdout) as { runs: { name: string }[] }
    expect(runs.map(({ name }) => name)).toContain(run)
    expect(runs).toHaveLength(2)

    await rm(two.home, { recursive: true, force: true })
    await mkdir(two.home, { recursive: true })
    const back = await on(two, ['rollback', '-f', file.path, '--auto-approve'])

    expect({ exitCode: back.exitCode, stderr: back.stderr }).toMatchObject({ exitCode: 0 })
    await expectEverywhere(oldFile)
  })

  it('rolls back, on another machine, what a run was killed in', async () => {
    await using file = await desired({ hangsIn: one.home })
    const run = await killInCheck(file)

    const back = await on(two, ['rollback', run, '-f', file.path, '--auto-approve'])

    expect({ exitCode: back.exitCode, stderr: back.stderr }).toMatchObject({ exitCode: 0 })
    await expectEverywhere(oldFile)
  })

  it('begins nothing that cannot be recorded there', async () => {
    await mountStore('plain', { version: '1' })
    await using ours = await desired({})
    const token = await tokenFor(cluster, ours.path, (line) =>
      line.includes('locks/data/') ? '' : line,
    )
    const writes = async (): Promise<unknown> =>
      (await cluster.request(await cluster.activeIndex(), 'GET', 'sys/plugins/catalog/secret')).body

    const before = await writes()
    const cases = [
      { kv: 'plain/runs', exitCode: 1, told: 'is not in a KV version 2 mount' },
      { kv: 'nowhere/runs', exitCode: 1, told: 'nothing is mounted at nowhere/' },
      { kv: KV, token, exitCode: 8, told: 'locks/data/runs/' },
    ]
    for (const { kv, exitCode, told, ...given } of cases) {
      await using file = await desired({ kv })
      await using place = await Workplace.make(given.token ?? cluster.token)

      const ended = await on(place, ['apply', '-f', file.path, '--auto-approve'])

      expect({ kv, exitCode: ended.exitCode, told: textOf(ended) }).toMatchObject({ kv, exitCode })
      expect(textOf(ended)).toContain(told)
    }
    expect(await writes()).toEqual(before)
    await expectEverywhere(oldFile)

    await using allowed = await Workplace.make(await tokenFor(cluster, ours.path))
    const done = await on(allowed, ['apply', '-f', ours.path, '--auto-approve'])
    expect({ exitCode: done.exitCode, told: textOf(done) }).toMatchObject({ exitCode: 0 })
  })

  it('says where two journals of one run disagree, and shows nothing of a secret that is none', async () => {
    await using file = await desired({})
    const done = await on(one, ['apply', '-f', file.path, '--auto-approve'])
    expect({ exitCode: done.exitCode, stderr: done.stderr }).toMatchObject({ exitCode: 0 })
    const [run = ''] = journalsOf(one)
    const path = join(folderOf(one), `${run}.jsonl`)
    const lines = (await readFile(path, 'utf8')).replace('"by":"', '"by":"not-')
    await writeFile(path, lines)

    const disagreeing = await on(one, ['plan', '-f', file.path])
    const active = await cluster.activeIndex()
    const forged = '2026-01-01T00-00-00-000Z-abcdef.0001'
    const body = { data: { password: 'hunter2-hunter2' } }
    await cluster.request(active, 'POST', `locks/data/runs/${forged}`, { body })
    const refused = await on(one, ['plan', '-f', file.path])

    expect(disagreeing.exitCode).toBe(0)
    expect(disagreeing.stderr).toContain(`two journals of run ${run} disagree from line 1 on`)
    expect(refused.exitCode).toBe(1)
    expect(textOf(refused)).toContain(forged)
    expect(textOf(refused)).not.toContain('hunter2')
    expect(textOf(refused)).not.toContain('password')
  })

  /** Kills the first machine's run amid the check of its first reload. Returns the run's id. */
  async function killInCheck(file: DesiredFile): Promise<string> {
    await writeFile(join(one.home, 'hang'), '')
    const started = await start(one, ['apply', '-f', file.path, '--auto-approve'])
    await waitUntil('a check was begun', () =>
      existsSync(join(one.home, 'asked')) ? undefined : 'not yet',
    )
    started.child.kill('SIGKILL')
    await rm(join(one.home, 'hang'))
    await started.ended
    const [run = ''] = journalsOf(one)
    await appendFile(join(one.home, 'asked'), 'killed\n')
    return run
  }

  function desired({
    kv = KV,
    hangsIn,
  }: {
    readonly kv?: string
    readonly hangsIn?: string
  }): Promise<DesiredFile> {
    const binary = (of: PluginFile) => ({ command: of, sha256: cluster.pluginSha256(of) })
    const data = { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' }
    const check = `touch ${String(hangsIn)}/asked; while [ -e ${String(hangsIn)}/hang ]; do sleep 0.1; done`
    return writeDesired({
      cluster: { journal: { kv } },
      plugins: {
        [plugin]: {
          use: 'v0.21.0',
          versions: { 'v0.16.2': binary(oldFile), 'v0.21.0': { ...binary(newFile), data } },
        },
      },
      ...(hangsIn !== undefined && {
        mounts: { 'alpha/': { plugin, verify: [{ run: ['sh', '-c', check] }] } },
      }),
    })
  }

  async function start(place: Workplace, args: readonly string[]): Promise<Started> {
    const address = cluster.addresses[await cluster.activeIndex()] ?? ''
    return place.start([...args, '--address', address])
  }

  async function on(place: Workplace, args: readonly string[]): Promise<Ended> {
    return (await start(place, args)).ended
  }

  function folderOf(place: Workplace): string {
    const root = join(place.home, '.local', 'state', 'lockstep')
    return join(root, readdirSync(root)[0] ?? '')
  }

  function journalsOf(place: Workplace): string[] {
    return readdirSync(folderOf(place))
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => name.slice(0, -'.jsonl'.length))
  }

  async function mountStore(name: string, options: Record<string, string>): Promise<void> {
    const active = await cluster.activeIndex()
    await cluster.request(active, 'POST', `sys/mounts/${name}`, { body: { type: 'kv', options } })
    // A store of version 2 is being made ready for a moment.
    await waitUntil(`${name}/ is ready`, async () => {
      const { status } = await cluster.request(active, 'GET', `${name}/data/nothing`)
      return status === 404 ? undefined : `it answers ${String(status)}`
    })
  }

  async function expectEverywhere(of: PluginFile): Promise<void> {
    expect(await hashesOf(cluster, 'alpha/')).toEqual(
      cluster.addresses.map(() => cluster.pluginSha256(of)),
    )
  }
})

function textOf({ stdout, stderr }: Ended): string {
  return stdout + stderr
}
