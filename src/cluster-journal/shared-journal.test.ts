/** Writes journals to a KV store of a simulated cluster and reads them, with faults on the way. */
import { beforeEach, describe, expect, it } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { ServerRequest, ServerResponse } from '../domain/exchange.ts'
import { EXIT } from '../domain/errors.ts'
import { createClient } from '../server/client.ts'
import { createTwin, type Twin } from '../twin/cluster/twin.ts'
import { listSharedRuns, readSharedRun } from './read-shared-journal.ts'
import { openSharedJournal, type SharedJournal } from './write-shared-journal.ts'

const node = nodeAddress(1)
const KV = 'locks/runs'
const RUN = '2026-05-01T10-00-00-000Z-abcdef'

let twin: Twin
/** What stands between the program and the node. */
let around: (request: ServerRequest, pass: () => ServerResponse) => ServerResponse
beforeEach(() => {
  twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [{ address: node, files: {} }],
    mounts: [{ path: 'locks/' as never, plugin: 'secret/kv' as never, options: { version: '2' } }],
  })
  around = (_request, pass) => pass()
})

const client = createClient({
  transport: {
    send: async (address, request) =>
      Promise.resolve(around(request, () => twin.send(address, request))),
    close: () => Promise.resolve(),
  },
  wait: () => Promise.resolve(),
})
const place = { reader: client, node, kv: KV }

describe('a run that is recorded', () => {
  it('is read as it was written, also over several segments', async () => {
    const events = [started(), ...many(600), done('last'), ended()]
    const journal = await open()
    for (const event of events) await journal.write(event)

    const [found] = await listSharedRuns(place)

    expect(found).toMatchObject({ run: RUN })
    expect(found?.segments.length).toBeGreaterThan(2)
    expect(await readSharedRun(found!, place)).toEqual(events)
  })

  it('has each intent in the store when it may be sent, and the end of a step with the next intent', async () => {
    const journal = await open()

    await journal.write(started())
    await journal.write(intent('a'))
    await journal.write(done('a'))
    const before = await read()
    await journal.write(intent('b'))

    expect(before).toEqual([started(), intent('a')])
    expect(await read()).toEqual([started(), intent('a'), done('a'), intent('b')])
  })

  it('groups what several steps write at the same time', async () => {
    const journal = await open()
    await journal.write(started())
    let writes = 0
    around = ({ method, path }, pass) => {
      if (method === 'POST' && path.includes('/data/')) writes += 1
      return pass()
    }

    await Promise.all(['a', 'b', 'c', 'd'].map((step) => journal.write(intent(step))))

    expect(writes).toBeLessThan(4)
    expect(await read()).toEqual([started(), ...['a', 'b', 'c', 'd'].map(intent)])
  })

  it('goes on after an answer that was lost, and writes no line twice', async () => {
    const journal = await open()
    await journal.write(started())
    let lost = 0
    around = ({ method, path }, pass) => {
      const answer = pass()
      if (method !== 'POST' || !path.includes('/data/') || lost > 0) return answer
      lost += 1
      throw Object.assign(new Error('cut'), { code: 'ECONNRESET' })
    }

    await journal.write(intent('a'))
    await journal.write(intent('b'))

    expect(lost).toBe(1)
    expect(await read()).toEqual([started(), intent('a'), intent('b')])
  })
})

describe('a run that cannot be recorded', () => {
  it.each([
    {
      what: 'without the right',
      answer: refusal(403, 'permission denied'),
      exitCode: EXIT.notAllowed,
    },
    { what: 'that no server takes', answer: refusal(500, 'internal error'), exitCode: 1 },
    {
      what: 'where nothing is mounted',
      answer: refusal(404, 'no handler for route "locks/"'),
      exitCode: 1,
    },
    { what: 'without versions', answer: { status: 204, body: null }, exitCode: 1 },
  ])('$what does not begin', async ({ answer, exitCode }) => {
    const journal = await open()
    around = ({ path }, pass) => (path.includes('/data/') ? answer : pass())

    await expect(journal.write(started())).rejects.toMatchObject({
      exitCode,
      hint: expect.stringContaining('Nothing was begun'),
    })
  })

  it('stops in the middle with what is in the store, and says why', async () => {
    const journal = await open()
    await journal.write(started())
    around = ({ method, path }, pass) =>
      method === 'POST' && path.includes('/data/') ? refusal(403, 'permission denied') : pass()

    await expect(journal.write(intent('a'))).rejects.toMatchObject({
      code: 'journal-not-allowed',
      hint: expect.stringContaining('Nothing more is done without it.'),
    })
    expect(await read()).toEqual([started()])
  })

  it('does not write over what another program wrote', async () => {
    const journal = await open()
    await journal.write(started())
    const path = `locks/data/runs/${RUN}.0001`
    post(path, { password: 'hunter2' })

    await expect(journal.write(intent('a'))).rejects.toMatchObject({
      message: expect.stringContaining('another program wrote the secret'),
    })
  })
})

describe('a store that holds something else', () => {
  it('has no runs if no secret has the name of a segment', async () => {
    post('locks/data/runs/password', { password: 'hunter2' })

    expect(await listSharedRuns(place)).toEqual([])
  })

  it.each([
    { what: 'another secret', data: { password: 'hunter2' } },
    { what: 'a line that is no event', data: segment('{"event":"hunter2"}\n') },
    { what: 'a line that is no JSON', data: segment('hunter2\n') },
    {
      what: 'an event of another run',
      data: segment(`${JSON.stringify({ ...ended(), run: 'x' })}\n`),
    },
  ])('$what: is refused by name, and not shown', async ({ data }) => {
    post(`locks/data/runs/${RUN}.0001`, data)

    const error: unknown = await read().catch((caught: unknown) => caught)

    expect(error).toMatchObject({ message: expect.stringContaining(`${KV}/${RUN}`) })
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2')
  })

  it('a segment that is missing before a later one is refused', async () => {
    post(`locks/data/runs/${RUN}.0002`, { ...segment(''), segment: 2 })

    await expect(read()).rejects.toMatchObject({ code: 'journal-broken' })
  })
})

function open(): Promise<SharedJournal> {
  return openSharedJournal({ client, node: () => Promise.resolve(node), kv: KV, run: RUN })
}

async function read(): Promise<readonly JournalEvent[]> {
  const [found] = await listSharedRuns(place)
  return found === undefined ? [] : readSharedRun(found, place)
}

function post(path: string, data: Readonly<Record<string, unknown>>): void {
  const request = { method: 'POST' as const, path, namespace: '' as never, forwarding: true }
  twin.send(node, { ...request, body: { data } })
}

function segment(text: string) {
  return { journal: 1, run: RUN, segment: 1, text }
}

function refusal(status: number, words: string): ServerResponse {
  return { status, body: { errors: [words] } }
}

const stamp = { run: RUN, at: '2026-05-01T10:00:00.000Z' }

function started(): JournalEvent {
  return {
    ...stamp,
    ...{
      event: 'run_started',
      plan_id: 'p',
      cluster: { id: 'id', name: 'lab' },
      steps: 1,
      by: 'me',
    },
    before: { entries: [], mounts: [], connections: [] },
  }
}

function intent(step: string): JournalEvent {
  const action = { kind: 'tune', mount: 'a/', namespace: '', version: 'v1.0.0' }
  return {
    ...stamp,
    ...{ event: 'step_started', step, number: 1, of: 1, action, undo: [], restores: [] },
  } as never
}

function done(step: string): JournalEvent {
  return { ...stamp, event: 'step_done', step, outcome: 'done' }
}

function many(count: number): JournalEvent[] {
  return Array.from({ length: count }, (_, at) => intent(`step ${String(at)}`))
}

function ended(): JournalEvent {
  return { ...stamp, event: 'run_ended', outcome: 'done', done: [], rolled_back: [], remaining: [] }
}
