/** The program killed at every line of its journal, and while each write's answer is on its way. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { argumentsFor, attempt, type Stage } from './attempt.ts'
import { someOf, tryFamily } from './family.ts'
import { FaultProxy, type Interceptor } from './fault-proxy.ts'
import { Workplace } from './run-program.ts'
import { begin, scenarios, type Scenario, whyNotThere, writeFileOf } from './scenario.ts'

describeReal('a run that is killed', () => {
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

  it.each(scenarios)('$name: is finished by the next', async (scenario) => {
    const { lines, writes } = await measure(stage, scenario)
    // A line is on disk before the next request goes out: killed at the first request after it.
    const atLines = Array.from({ length: lines }, (_, index) => (kill: () => void): Interceptor => {
      return () => {
        if (stage.place.journalLines().length <= index) return { kind: 'pass' }
        kill()
        return { kind: 'hold' }
      }
    })
    const afterWrites = Array.from({ length: writes }, (_, index) => (kill: () => void) => {
      let seen = 0
      const interceptor: Interceptor = ({ isWrite }) => {
        if (!isWrite || seen++ !== index) return { kind: 'pass' }
        return { kind: 'swallow', carriedOut: kill }
      }
      return interceptor
    })

    const { lost } = await tryFamily(
      `killed, ${scenario.name}`,
      someOf([...atLines, ...afterWrites], 5).map(
        (killing) => () =>
          attempt({
            stage,
            scenario,
            disturb: (start) => {
              const running: { kill?: () => void } = {}
              stage.proxy.intercept(killing(() => running.kill?.()))
              const { child, ended } = start()
              running.kill = () => void child.kill('SIGKILL')
              return ended
            },
          }),
      ),
    )

    expect(lost).toEqual([])
  })
})

/** An undisturbed run: how many lines its journal has, and how many writes it makes. */
async function measure(
  stage: Stage,
  scenario: Scenario,
): Promise<{ readonly lines: number; readonly writes: number }> {
  const { cluster, proxy, place } = stage
  await place.clear()
  const beginning = await begin(cluster, scenario)
  const file = await writeFileOf(cluster, scenario, place.home)
  let writes = 0
  proxy.intercept(({ isWrite }) => {
    if (isWrite) writes += 1
    return { kind: 'pass' }
  })
  const { exitCode, stdout, stderr } = await place.run(argumentsFor(stage, 'apply', file))
  proxy.relax()
  expect({ exitCode, told: exitCode === 0 ? '' : stdout + stderr }).toEqual({
    exitCode: 0,
    told: '',
  })
  expect(await whyNotThere(cluster, scenario, beginning)).toBeUndefined()
  return { lines: place.journalLines().length, writes }
}
