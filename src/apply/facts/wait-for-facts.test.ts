import { expect, test } from 'vitest'
import { nodeAddress, plugin, sha256Of, version } from '../../../test/builders/live.ts'
import { plan } from '../../../test/builders/plan.ts'
import type { Fact, SeenEntry } from '../../documents/plan.generated.ts'
import { createClient } from '../../server/client.ts'
import { createTwin } from '../../twin/cluster/twin.ts'
import { createRecorder } from '../recorder.ts'
import { createRunContext } from '../run-context.ts'
import { createSeenAnswers } from './seen-answers.ts'
import { waitForFacts } from './wait-for-facts.ts'

const KV = plugin('secret/x-kv')
const [SEEN, LATE] = [version('v1.0.0'), version('v2.0.0')]
const [ACTIVE, STANDBY] = [nodeAddress(1), nodeAddress(2)]

const entryOf = (of: typeof SEEN): SeenEntry => {
  return { command: `kv-${of}`, sha256: sha256Of(KV, of), args: [] }
}
const factOf = (of: typeof SEEN): Fact => {
  return { fact: 'entry', plugin: KV, version: of, entry: entryOf(of), node: STANDBY }
}

/** Waits on a cluster whose standby hears of v2.0.0 after so many milliseconds; the versions asked. */
async function waitFor(late: number): Promise<readonly string[]> {
  const files = Object.fromEntries(
    [SEEN, LATE].map((of) => [`kv-${of}`, { sha256: sha256Of(KV, of) }]),
  )
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [ACTIVE, STANDBY].map((address) => ({ address, files })),
    catalog: [SEEN, LATE].map((of) => {
      return { plugin: KV, version: of, ...entryOf(of), declarative: false }
    }),
  })
  const asked: string[] = []
  let now = 0
  const client = createClient({
    transport: {
      send: (node, request) => {
        const [, asks] = /version=(.*)$/.exec(request.path) ?? []
        if (asks !== undefined) asked.push(asks)
        const isUnheard = asks === LATE && now < late
        return Promise.resolve(
          isUnheard ? { status: 404, body: { errors: [] } } : twin.send(node, request),
        )
      },
      close: () => Promise.resolve(),
    },
    wait: (milliseconds) => {
      now += milliseconds
      return Promise.resolve()
    },
  })
  const clock = (): number => now
  const run = {
    ...createRunContext(plan(), {
      client,
      recorder: createRecorder({ run: 'run', by: 'me', now: () => new Date(now), sinks: [] }),
      environmentOf: () => [],
      verify: () => Promise.resolve(undefined),
      soak: 0,
      wait: 60,
      parallelism: 1,
      clock,
      answers: createSeenAnswers(clock),
      mountCount: 0,
      interrupted: () => false,
      lockLost: () => false,
      checkLock: () => Promise.resolve(),
    }),
    nodes: [ACTIVE, STANDBY],
  }
  const broken = await waitForFacts(run, [factOf(SEEN), factOf(LATE)])
  expect(broken).toEqual([])
  return asked
}

test('looks again only at what did not hold', async () => {
  expect(await waitFor(50)).toEqual([SEEN, LATE, LATE, LATE])
})

test('looks at all of it once more where that took long', async () => {
  const asked = await waitFor(2_000)

  expect(asked.slice(0, 4)).toEqual([SEEN, LATE, LATE, LATE])
  expect(asked.slice(-3)).toEqual([LATE, SEEN, LATE])
  expect(asked.filter((one) => one === SEEN)).toHaveLength(2)
})
