/** Every request of a run in turn is refused, late, answered with an error, or cut off. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { type Aim, chooseAims, collectAims, nameRequests } from './aims.ts'
import { bySize } from '../size.ts'
import {
  argumentsFor,
  type Attempt,
  attempt,
  closeStage,
  openStage,
  type Stage,
} from './attempt.ts'
import { someOf, type Survival, tryFamily } from './family.ts'
import type { Fate, SeenRequest } from './fault-proxy.ts'
import { begin, inPlace, revert, type Scenario, scenarios, writeFileOf } from './scenario.ts'

/** Seconds that a request may take, so that a late answer is one soon. */
const TIMEOUT = 2
const patience = ['--timeout', String(TIMEOUT)]

/** How often a run may miss what it is aimed at: more requests before it, or fewer, now and then. */
const MISSES = 6

/** What one run is aimed at. */
interface Shot {
  readonly stage: Stage
  readonly aims: readonly [Aim, ...Aim[]]
  /** The one of the aims that this request is, until it is met. */
  readonly aimOf: (seen: SeenRequest) => Aim | undefined
  /** The aims that the fault has met. */
  readonly met: Set<Aim>
}

/** Makes something of the requests that are aimed at. */
type Fault = (shot: Shot) => Attempt['disturb']

const faults: readonly { readonly name: string; readonly fault: Fault }[] = [
  { name: 'refused', fault: refused },
  { name: 'late', fault: meets({ kind: 'delay', milliseconds: TIMEOUT * 1000 + 500 }) },
  { name: 'answered 500', fault: meets({ kind: 'answer', status: 500 }) },
  { name: 'answered 503', fault: meets({ kind: 'answer', status: 503 }) },
  { name: 'answered 429', fault: meets({ kind: 'answer', status: 429 }) },
  { name: 'cut before it arrives', fault: meets({ kind: 'cut-before' }) },
  // A reload that ends so may leave its mounts down.
  { name: 'cut while it is carried out', fault: meets({ kind: 'cut-during', milliseconds: 15 }) },
  { name: 'cut after it was carried out', fault: meets({ kind: 'cut-after' }) },
]

const cases = scenarios.flatMap((scenario) =>
  faults
    .map((one) => ({ ...one, scenario }))
    .filter((one) => isTriedAlways(one) || bySize({ few: false, many: false, all: true })),
)

/** A refused reload of what falls back to a builtin is rolled back by a registration, first of all. */
function isTriedAlways({ name, scenario }: { name: string; scenario: Scenario }): boolean {
  return scenario === inPlace || (scenario === revert && name === 'answered 500')
}

describeReal('a run whose requests go astray', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(sharedCluster())
  })
  afterAll(async () => {
    await closeStage(stage)
    await sharedCluster().reset()
  })

  const known = new Map<Scenario, Promise<readonly Aim[]>>()
  /** Copies: a test moves its own. */
  async function knownAims(scenario: Scenario): Promise<readonly Aim[]> {
    const aims = known.get(scenario) ?? aimsOf(stage, scenario)
    known.set(scenario, aims)
    return (await aims).map((aim) => ({ ...aim }))
  }

  it.each(cases)('$scenario.name, $name: ends well, or is finished by the next', async (one) => {
    const { scenario, fault } = one
    const all = await knownAims(scenario)
    const reads = all.filter(({ isWrite }) => !isWrite)
    const writes = all.filter(({ isWrite }) => isWrite)
    // Every write is worth a run of its own; reads look alike.
    const aims = [...someOf(reads, 1), ...someOf(writes, 1)]
    const { lost } = await tryFamily(
      `${one.name}, ${scenario.name}`,
      shootAt(stage, scenario, aims, fault),
      all.length,
    )

    expect(lost).toEqual([])
  })

  it('from one request on, each is answered 503: ends clearly and is finished by the next', async () => {
    const all = await knownAims(inPlace)
    const { lost } = await tryFamily(
      'all answered 503 from one request on',
      alone(someOf(all, 1), (aims) => shootAt(stage, inPlace, aims, gone, true)),
      all.length,
    )

    expect(lost).toEqual([])
  })
})

/** Runs until every aim was met; one that no run of a few meets is lost. */
function* shootAt(
  stage: Stage,
  scenario: Scenario,
  aims: readonly Aim[],
  fault: Fault,
  isBlackout = false,
): Generator<() => Promise<readonly Survival[]>> {
  const misses = new Map(aims.map((aim) => [aim, 0]))
  for (;;) {
    const chosen = chooseAims([...misses.keys()])
    if (chosen === undefined) return
    const [first] = chosen
    yield async () => {
      const met = new Set<Aim>()
      try {
        const end = await attempt({
          stage,
          scenario,
          isBlackout,
          options: [...patience, ...(isBlackout ? ['--wait', '1'] : [])],
          disturb: async (start) => fault(await takeAim(stage, chosen, met))(start),
        })
        if (met.size > 0) return [...met].map(() => end)
      } catch (error) {
        misses.delete(first)
        const names = [...(met.size === 0 ? chosen : met)].map(({ key }) => key).join('; ')
        const words = error instanceof Error ? error.message : String(error)
        throw new Error(`${names}: ${words}`, { cause: error })
      } finally {
        for (const aim of met) misses.delete(aim)
      }
      const missed = (misses.get(first) ?? 0) + 1
      misses.set(first, missed)
      if (missed < MISSES) return []
      misses.delete(first)
      throw new Error(`${first.key}: no run asked it again`)
    }
  }
}

/** One at a time, where whatever comes after it meets the fault too. */
function* alone<Try>(
  aims: readonly Aim[],
  shoot: (aims: readonly Aim[]) => Generator<Try>,
): Generator<Try> {
  for (const aim of aims) yield* shoot([aim])
}

async function takeAim(stage: Stage, aims: readonly [Aim, ...Aim[]], met: Set<Aim>): Promise<Shot> {
  const name = nameRequests(stage.proxy.addresses, await stage.cluster.activeIndex())
  const aimOf = (seen: SeenRequest): Aim | undefined => {
    const { key } = name(seen)
    return aims.find((aim) => aim.key === key && !met.has(aim))
  }
  return { stage, aims, aimOf, met }
}

function meets(fate: Fate): Fault {
  return ({ stage, aimOf, met }) =>
    (start) => {
      stage.proxy.intercept((seen) => {
        const aim = aimOf(seen)
        if (aim === undefined) return { kind: 'pass' }
        met.add(aim)
        return fate
      })
      return start().ended
    }
}

/** From there on, everything is answered 503. */
function gone({ stage, aimOf, met }: Shot): Attempt['disturb'] {
  return (start) => {
    stage.proxy.intercept((seen) => {
      const aim = aimOf(seen)
      if (aim !== undefined) met.add(aim)
      return met.size > 0 ? { kind: 'answer', status: 503 } : { kind: 'pass' }
    })
    return start().ended
  }
}

const REFUSED = ' -> ECONNREFUSED '

/**
 * Refused are all connections, until the program has said that one was. A write finds them so: they
 * are from the request before it on. A read among others that are sent at once is cut off, and finds
 * them so when it is sent again.
 */
function refused({ stage: { proxy }, aims: [first], aimOf, met }: Shot): Attempt['disturb'] {
  return async (start) => {
    let since = 0
    let refusing: Aim | undefined
    proxy.intercept((seen) => {
      // It passes: it has moved, and the next run is to wait for it where it is now.
      if (first.isWrite && aimOf(seen) === first) first.place = since
      since = seen.isWrite ? 0 : since + 1
      const isLastBefore = seen.writes === first.stretch && since === first.place
      const aim = first.isWrite ? (isLastBefore ? first : undefined) : aimOf(seen)
      if (aim === undefined || met.has(aim)) return { kind: 'pass' }
      refusing = aim
      proxy.refuse()
      return { kind: aim.isWrite ? 'pass' : 'cut-before' }
    })
    const { child, ended } = start()
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const line = said.split('\n').find((one) => one.includes(REFUSED))
      if (line === undefined) return
      said = said.slice(said.indexOf(line) + line.length)
      // A write is met when it is refused itself, and not what is asked beside it.
      if (refusing !== undefined && !(refusing.isWrite && line.startsWith('GET ')))
        met.add(refusing)
      refusing = undefined
      void proxy.accept()
    })
    const run = await ended
    await proxy.accept()
    return run
  }
}

/** What an undisturbed run asks. */
async function aimsOf(stage: Stage, scenario: Scenario): Promise<readonly Aim[]> {
  const { cluster, proxy, place } = stage
  await place.clear()
  await begin(cluster, scenario)
  const file = await writeFileOf(cluster, scenario, place.home)
  const collected = collectAims(nameRequests(proxy.addresses, await cluster.activeIndex()))
  proxy.intercept((seen) => {
    collected.see(seen)
    return { kind: 'pass' }
  })
  const { exitCode } = await place.run(argumentsFor(stage, 'apply', file))
  proxy.relax()
  const aims = collected.aims()
  expect({ exitCode, writes: aims.some(({ isWrite }) => isWrite) }).toEqual({
    exitCode: 0,
    writes: true,
  })
  return aims
}
