/** Every request of a run in turn is refused, late, answered with an error, or cut off. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { argumentsFor, attempt, type Stage } from './attempt.ts'
import { someOf, tryAll, tryFamily } from './family.ts'
import { type Fate, FaultProxy } from './fault-proxy.ts'
import { Workplace } from './run-program.ts'
import { begin, inPlace, type Scenario, versioned, writeFileOf } from './scenario.ts'

/** Seconds that a request may take, so that a late answer is one soon. */
const TIMEOUT = 2

const faults: readonly { readonly name: string; readonly fate: Fate }[] = [
  { name: 'refused', fate: { kind: 'refuse' } },
  { name: 'late', fate: { kind: 'delay', milliseconds: TIMEOUT * 1000 + 500 } },
  { name: 'answered 500', fate: { kind: 'answer', status: 500 } },
  { name: 'answered 503', fate: { kind: 'answer', status: 503 } },
  { name: 'answered 429', fate: { kind: 'answer', status: 429 } },
  { name: 'cut before it arrives', fate: { kind: 'cut-before' } },
  { name: 'cut after it was carried out', fate: { kind: 'cut-after' } },
]

describeReal('a run whose requests go astray', () => {
  let stage: Stage
  beforeAll(async () => {
    const cluster = sharedCluster()
    const proxy = await FaultProxy.start(cluster.addresses)
    stage = { cluster, proxy, place: await Workplace.make(cluster.token) }
  })
  afterAll(async () => {
    await stage.proxy[Symbol.asyncDispose]()
    await stage.place[Symbol.asyncDispose]()
    await sharedCluster().reset()
  })

  it.each(faults)('$name: ends well, or clearly and is finished by the next', async (fault) => {
    const lost: string[] = []
    for (const scenario of tryAll ? [inPlace, versioned] : [inPlace]) {
      const { requests, writes } = await countRequests(stage, scenario)
      // Every write is worth a try of its own; reads look alike.
      const numbers = [...new Set([...someOf(requests, 1), ...someOf(writes, 3)])]
      const { lost: these } = await tryFamily(
        `${fault.name}, ${scenario.name}`,
        numbers.map(
          (number) => () =>
            attempt({
              stage,
              scenario,
              options: ['--timeout', String(TIMEOUT)],
              disturb: (start) => {
                stage.proxy.intercept((seen) =>
                  seen.number === number ? fault.fate : { kind: 'pass' },
                )
                return start().ended
              },
            }),
        ),
      )
      lost.push(...these)
    }

    expect(lost).toEqual([])
  })

  it('from one request on, each is answered 503: ends clearly and is finished by the next', async () => {
    const { requests } = await countRequests(stage, inPlace)

    const { lost } = await tryFamily(
      'all answered 503 from one request on',
      someOf(requests, 2).map(
        (number) => () =>
          attempt({
            stage,
            scenario: inPlace,
            options: ['--timeout', String(TIMEOUT), '--wait', '1'],
            disturb: (start) => {
              stage.proxy.intercept((seen) =>
                seen.number >= number ? { kind: 'answer', status: 503 } : { kind: 'pass' },
              )
              return start().ended
            },
          }),
      ),
    )

    expect(lost).toEqual([])
  })
})

/** The numbers of an undisturbed run's requests, and those of them that are writes. */
async function countRequests(
  stage: Stage,
  scenario: Scenario,
): Promise<{ readonly requests: readonly number[]; readonly writes: readonly number[] }> {
  const { cluster, proxy, place } = stage
  await place.clear()
  await begin(cluster, scenario)
  const file = await writeFileOf(cluster, scenario, place.home)
  const requests: number[] = []
  const writes: number[] = []
  proxy.intercept(({ number, isWrite }) => {
    requests.push(number)
    if (isWrite) writes.push(number)
    return { kind: 'pass' }
  })
  await place.run(argumentsFor(stage, 'apply', file))
  proxy.relax()
  return { requests, writes }
}
