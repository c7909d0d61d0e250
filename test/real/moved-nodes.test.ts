/**
 * Nodes that come back at another address, as pods do, and nodes that are replaced, between a plan
 * and its apply and during a run. A plan and a journal belong to the nodes, not to their addresses.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { resetCluster } from '../cluster/reset.ts'
import { describeOwn, type OnlyOn } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { bySize } from '../size.ts'
import { FaultProxy } from '../faults/fault-proxy.ts'
import { Workplace } from '../faults/run-program.ts'
import { writeDesired } from './desired-file.ts'
import { hashesOf, shortName } from './node-views.ts'

const oldFile = 'secrets-kv-0.16.2'
const newFile = 'secrets-kv-0.21.0'
const plugin = 'secret/team-kv'
const onStandbys: OnlyOn = { on: 'openbao', because: 'standbys of Vault run no plugins' }

describeOwn('nodes that move', onStandbys, () => {
  let cluster: TestCluster
  let place: Workplace
  let folder: string
  beforeAll(async () => {
    cluster = await startCluster({ plugins: [oldFile, newFile] })
  })
  beforeEach(async () => {
    await resetCluster(cluster)
    await makeExampleStates(cluster, [plugin])
    place = await Workplace.make(cluster.token)
    folder = await mkdtemp(join(tmpdir(), 'lockstep-moved-'))
  })
  afterEach(async () => {
    await place[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  afterAll(() => cluster.stop())

  it('applies a saved plan after a standby came back at another address', async () => {
    await using file = await desired()
    const plan = await save(file.path)
    await using forwards = await FaultProxy.start(cluster.addresses)
    const forwarded = await readPlan(
      await save(file.path, { name: 'forwarded', through: forwards.addresses }),
    )
    const standby = await findStandby()
    const before = cluster.addresses[standby] ?? ''
    await cluster.node(standby).moveTo('127.0.0.12')
    const saved = await readPlan(plan)
    const moved = await readPlan(await save(file.path, { name: 'moved' }))

    const { exitCode, stdout, stderr } = await lockstep(['apply', plan])

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(stdout).toContain('Apply complete.')
    await expectEverywhere(newFile)
    expect(JSON.stringify(saved.steps)).toContain(before)
    expect(JSON.stringify(moved.steps)).not.toContain(before)
    expect(JSON.stringify(forwarded.steps)).toContain(forwards.addresses[standby])
    expect(moved.plan_id).toBe(saved.plan_id)
    expect(forwarded.plan_id).toBe(saved.plan_id)
  })

  it('stops when a standby moves during the run, says where it is, resumes and rolls back', async () => {
    await using file = await desired(`
      echo "$LOCKSTEP_ADDRESS" >> ${folder}/asked
      while [ -e ${folder}/hang ]; do sleep 0.1; done`)
    await writeFile(join(folder, 'hang'), '')
    const plan = await save(file.path)
    const run = start(['apply', plan, '--wait', '2'])
    await waitUntil('a check was begun', () =>
      Promise.resolve(existsSync(join(folder, 'asked')) ? undefined : 'not yet'),
    )
    const asked = (await readFile(join(folder, 'asked'), 'utf8')).trim()
    const active = await cluster.activeIndex()
    const other = [0, 1, 2].find((at) => at !== active && cluster.addresses[at] !== asked) ?? 0
    const before = cluster.addresses[other] ?? ''
    await cluster.node(other).moveTo('127.0.0.13')
    await rm(join(folder, 'hang'))

    const stopped = await run.ended
    const resumed = await lockstep(['apply', plan])
    const again = await lockstep(['apply', '-f', file.path])
    await cluster.node(other).moveTo('127.0.0.14')
    const back = await lockstep(['rollback', '-f', file.path])

    expect({ stopped: stopped.exitCode, out: stopped.stdout }).toMatchObject({ stopped: 10 })
    const moved = `the cluster lists ${shortName(before)} at http://127.0.0.13:`
    expect(stopped.stdout).toContain(moved)
    expect({ resumed: resumed.exitCode, err: resumed.stderr }).toMatchObject({ resumed: 0 })
    expect(again.stdout).toContain('No changes.')
    expect(again.exitCode).toBe(0)
    expect({ back: back.exitCode, err: back.stderr }).toMatchObject({ back: 0 })
    await expectEverywhere(oldFile)
  })

  // A new member takes about 12 s to vote.
  it.runIf(bySize({ few: false, many: true }))(
    'refuses a plan after a new member took the place of a node, also at its address',
    async () => {
      await using file = await desired()
      for (const [name, host] of [
        ['node8', undefined],
        ['node9', '127.0.0.15'],
      ] as const) {
        const plan = await save(file.path)
        const standby = await findStandby()
        const address = cluster.addresses[standby] ?? ''
        const leader = cluster.node(await cluster.activeIndex())
        await cluster.node(standby).replaceBy(name, host ?? new URL(address).hostname, leader)

        const { exitCode, stderr } = await lockstep(['apply', plan])

        expect({ exitCode, stderr }).toMatchObject({ exitCode: 4 })
        expect(stderr).toMatch(/Node node\d of the plan is not a member of the cluster any more\./)
        await expectEverywhere(oldFile)
      }
    },
  )

  function desired(check?: string) {
    const binary = (of: PluginFile) => ({ command: of, sha256: cluster.pluginSha256(of) })
    const data = { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' }
    return writeDesired({
      plugins: {
        [plugin]: {
          use: 'v0.21.0',
          versions: { 'v0.16.2': binary(oldFile), 'v0.21.0': { ...binary(newFile), data } },
        },
      },
      mounts: {
        'alpha/': {
          plugin,
          ...(check !== undefined && { verify: [{ run: ['sh', '-c', check] }] }),
        },
      },
    })
  }

  /** Saves a plan, made through other addresses of the nodes if they are given. */
  async function save(
    file: string,
    {
      name = 'saved',
      through = [],
    }: { readonly name?: string; readonly through?: readonly string[] } = {},
  ): Promise<string> {
    const path = join(folder, `${name}.json`)
    const nodes = through.flatMap((address) => ['--node', address])
    await rm(path, { force: true })
    const made = await lockstep(['plan', '-f', file, '--out', path, ...nodes], through[0])
    expect({ exitCode: made.exitCode, stderr: made.stderr }).toMatchObject({ exitCode: 0 })
    return path
  }

  async function readPlan(path: string): Promise<Plan> {
    return JSON.parse(await readFile(path, 'utf8')) as Plan
  }

  async function lockstep(args: readonly string[], address?: string) {
    return start(args, address ?? cluster.addresses[await cluster.activeIndex()]).ended
  }

  function start(args: readonly string[], address = cluster.addresses[0] ?? '') {
    const approve = args[0] === 'plan' ? [] : ['--auto-approve']
    return place.start([...args, ...approve, '--address', address, '--journal', place.journals])
  }

  async function findStandby(): Promise<number> {
    return ((await cluster.activeIndex()) + 1) % cluster.addresses.length
  }

  async function expectEverywhere(of: PluginFile): Promise<void> {
    expect(await hashesOf(cluster, 'alpha/')).toEqual(
      cluster.addresses.map(() => cluster.pluginSha256(of)),
    )
  }
})
