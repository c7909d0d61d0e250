/** Every request of a run in turn is refused, late, answered with an error, or cut off. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { argumentsFor, attempt, type Attempt, type Stage } from './attempt.ts'
import { someOf, tryAll, tryFamily } from './family.ts'
import { type Fate, FaultProxy } from './fault-proxy.ts'
import { Workplace } from './run-program.ts'
import { begin, inPlace, type Scenario, scenarios, writeFileOf } from './scenario.ts'

/** Seconds that a request may take, so that a late answer is one soon. */
const TIMEOUT = 2
const patience = ['--timeout', String(TIMEOUT)]

/** Makes something of the request of this number. */
type Fault = (stage: Stage, number: number) => Attempt['disturb']

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

const cases = (tryAll ? scenarios : [inPlace]).flatMap((scenario) =>
  faults.map((one) => ({ ...one, scenario })),
)

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

  it.each(cases)('$scenario.name, $name: ends well, or is finished by the next', async (one) => {
    const { scenario, fault } = one
    const { requests, writes } = await countRequests(stage, scenario)
    // Every write is worth a try of its own; reads look alike.
    const numbers = [...new Set([...someOf(requests, 1), ...someOf(writes, 3)])]
    const { lost } = await tryFamily(
      `${one.name}, ${scenario.name}`,
      numbers.map(
        (number) => () =>
          attempt({ stage, scenario, options: patience, disturb: fault(stage, number) }),
      ),
      requests.length,
    )

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
            options: [...patience, '--wait', '1'],
            disturb: (start) => {
              stage.proxy.intercept((seen) =>
                seen.number >= number ? { kind: 'answer', status: 503 } : { kind: 'pass' },
              )
              return start().ended
            },
          }),
      ),
      requests.length,
    )

    expect(lost).toEqual([])
  })
})

function meets(fate: Fate): Fault {
  return ({ proxy }, number) =>
    (start) => {
      proxy.intercept((seen) => (seen.number === number ? fate : { kind: 'pass' }))
      return start().ended
    }
}

/**
 * Refused is a connection, before its request is seen: so from the request before on, all are, and
 * until the program has said that one was.
 */
function refused({ proxy }: Stage, number: number): Attempt['disturb'] {
  return async (start) => {
    if (number === 1) proxy.refuse()
    proxy.intercept((seen) => {
      if (seen.number === number - 1) proxy.refuse()
      return { kind: 'pass' }
    })
    const { child, ended } = start()
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes(' -> ECONNREFUSED ')) void proxy.accept()
    })
    const first = await ended
    await proxy.accept()
    if (!first.stderr.includes(' -> ECONNREFUSED ')) throw new Error('no connection was refused')
    return first
  }
}

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
