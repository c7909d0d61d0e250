/** The leader steps down, or a standby is killed and comes back, at each step of a run. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { pluginFiles } from '../cluster/plugin-files.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { bySize } from '../size.ts'
import { argumentsFor, attempt, closeStage, openStage, type Stage } from './attempt.ts'
import { someOf, tryFamily } from './family.ts'
import { begin, inPlace, type Scenario, scenarios, versioned, writeFileOf } from './scenario.ts'

/** The others differ in what their steps change, not in which nodes they need. */
const moved = bySize<readonly Scenario[]>({
  few: [versioned],
  many: [inPlace, versioned],
  all: scenarios,
})

describeOwn('a run on a cluster that moves', () => {
  let cluster: TestCluster
  let stage: Stage
  beforeAll(async () => {
    cluster = await startCluster({ plugins: pluginFiles })
    stage = await openStage(cluster)
  })
  afterAll(async () => {
    await closeStage(stage)
    await cluster.stop()
  })

  const counted = new Map<Scenario, Promise<readonly number[]>>()
  function writesOf(scenario: Scenario): Promise<readonly number[]> {
    const known = counted.get(scenario) ?? countWrites(stage, scenario)
    counted.set(scenario, known)
    return known
  }

  it.each(moved)('$name: bears a new leader at each step', async (scenario) => {
    const writes = await writesOf(scenario)

    const { lost } = await tryFamily(
      `leader steps down, ${scenario.name}`,
      someOf(writes, 2).map(
        (position) => () => atWrite(position, scenario, () => Promise.resolve(stepDown(cluster))),
      ),
      writes.length,
    )

    expect(lost).toEqual([])
  })

  it.each(moved)('$name: bears a standby that restarts', async (scenario) => {
    const writes = await writesOf(scenario)

    const { lost } = await tryFamily(
      `standby killed and restarted, ${scenario.name}`,
      someOf(writes, 2).map(
        (position, index) => () =>
          atWrite(position, scenario, async () => {
            const standbys = [...cluster.nodes.keys()]
            standbys.splice(await cluster.activeIndex(), 1)
            await cluster.node(standbys[index % 2] ?? 0).restart()
          }),
      ),
      writes.length,
    )

    expect(lost).toEqual([])
  })

  it('stops clearly when a standby stays away, and goes on when it is back', async () => {
    const writes = await writesOf(versioned)
    const positions = someOf(writes, 1)
    const away: { node?: number } = {}

    const { lost } = await tryFamily(
      'standby killed and away',
      positions.map(
        (position) => () =>
          atWrite(
            position,
            versioned,
            async () => {
              const active = await cluster.activeIndex()
              away.node = (active + 1) % 3
              await cluster.node(away.node).stop()
            },
            {
              options: ['--wait', '2'],
              calm: () => cluster.node(away.node ?? 0).restart(),
            },
          ),
      ),
      writes.length,
    )

    expect(lost).toEqual([])
  })

  it('is never planned without a standby that has been dead for long', async () => {
    await begin(cluster, inPlace)
    const file = await writeFileOf(cluster, inPlace, stage.place.home)
    const active = await cluster.activeIndex()
    const dead = cluster.node((active + 1) % 3)
    await dead.stop()
    await waitUntil('the active node has forgotten it', async () => {
      const { body } = await cluster.request<HaStatus>(active, 'GET', 'sys/ha-status')
      return body.data.nodes.length < 3 ? undefined : 'it lists it'
    })

    const address = cluster.addresses[active] ?? ''
    const plan = await stage.place.run(['plan', '-f', file, '--address', address])
    await dead.restart()

    expect(plan.exitCode).toBe(3)
    expect(plan.stdout).toContain('node-unreachable')
    expect(plan.stdout).toContain('does not report to the active node')
  })

  it('is planned for every node right after another one became active', async () => {
    await begin(cluster, inPlace)
    const file = await writeFileOf(cluster, inPlace, stage.place.home)
    const other = (await cluster.activeIndex()) + 1
    await stepDown(cluster)
    await waitUntil('another node is active', async () => {
      await cluster.activeIndex()
      return undefined
    })

    const address = cluster.addresses[other % 3] ?? ''
    const plan = await stage.place.run(['plan', '-f', file, '--address', address, '--json'])

    const told = plan.stdout === '' ? plan.stderr : ''
    expect({ told, nodes: nodesOf(plan.stdout) }).toEqual({ told: '', nodes: 3 })
  })

  /** Something begins to happen when a write arrives; the write itself goes on. */
  function atWrite(
    position: number,
    scenario: Scenario,
    happen: () => Promise<void>,
    more: { readonly options?: readonly string[]; readonly calm?: () => Promise<void> } = {},
  ): Promise<'survived' | 'finished on resume'> {
    let happening: Promise<void> = Promise.resolve()
    return attempt({
      stage,
      scenario,
      ...more,
      disturb: (start) => {
        stage.proxy.intercept(({ isWrite, writes }) => {
          if (isWrite && writes === position) happening = happen()
          return { kind: 'pass' }
        })
        return start().ended
      },
      calm: async () => {
        await happening
        await more.calm?.()
        await cluster.waitUntilReady()
      },
    })
  }
})

/** Not waited for: the request returns before another node leads. */
async function stepDown(cluster: TestCluster): Promise<void> {
  await cluster.request(await cluster.activeIndex(), 'PUT', 'sys/step-down')
}

/** 1, 2, 3 … for each write of an undisturbed run. */
async function countWrites(stage: Stage, scenario: Scenario): Promise<readonly number[]> {
  const { cluster, proxy, place } = stage
  await place.clear()
  await begin(cluster, scenario)
  const file = await writeFileOf(cluster, scenario, place.home)
  let count = 0
  proxy.intercept(({ writes }) => {
    count = writes
    return { kind: 'pass' }
  })
  await place.run(argumentsFor(stage, 'apply', file))
  proxy.relax()
  return Array.from({ length: count }, (_, index) => index + 1)
}

interface HaStatus {
  readonly data: { readonly nodes: readonly unknown[] }
}

function nodesOf(plan: string): number {
  return (JSON.parse(plan) as { cluster: { nodes: unknown[] } }).cluster.nodes.length
}
