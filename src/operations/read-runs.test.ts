/** Reads the journals of this machine for one cluster. The shared journal has tests of its own. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testContext } from '../../test/builders/context.ts'
import { liveNode, nodeAddress } from '../../test/builders/live.ts'
import type { JournalEvent } from '../documents/journal.generated.ts'
import { openJournal } from '../journal/write-journal.ts'
import { listKeptRuns, readRuns } from './read-runs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-runs-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

it('leaves out the runs of another cluster in the same folder', async () => {
  write('one', 'c')
  write('two', 'another')

  expect((await read('c')).map(runOf)).toEqual(['one'])
  expect((await read('another')).map(runOf)).toEqual(['two'])
  expect(await read('none')).toEqual([])
})

it('reads the newest fifty, the oldest first', async () => {
  for (let number = 10; number < 70; number += 1) write(String(number), 'c')

  const runs = (await read('c')).map(runOf)

  expect(runs).toHaveLength(50)
  expect(runs.at(0)).toBe('20')
  expect(runs.at(-1)).toBe('69')
})

it('names nodes by the addresses that they have now', async () => {
  const nodes = [{ address: nodeAddress(1), id: 'bao-0', id_source: 'raft' as const }]
  write('one', 'c', { nodes })
  const now = [liveNode(2, { raft_id: 'bao-0' })]

  const [events] = await readRuns({ cluster: 'c', nodes: now }, testContext({ journal: folder }))

  expect(events?.at(-1)).toMatchObject({ away: [{ node: nodeAddress(2) }] })
})

it('reads no journal before its events are needed', async () => {
  write('one', 'c')
  const [kept] = await listKeptRuns({ cluster: 'c' }, testContext({ journal: folder }))
  rmSync(join(folder, 'one.jsonl'))

  expect(kept).toMatchObject({ run: 'one', isLocal: true })
  await expect(async () => kept?.read()).rejects.toMatchObject({ exitCode: 1 })
})

it('asks for no secret that an untrusted file names, and says so', async () => {
  write('one', 'c')
  const warnings: string[] = []
  // It has no commands, as with an untrusted file, and refuses every request.
  const context = testContext({ journal: folder, warn: (text) => void warnings.push(text) })

  const runs = await readRuns({ cluster: 'c', journal: { kv: 'secret/theirs' } }, context)

  expect(runs.map(runOf)).toEqual(['one'])
  expect(warnings).toEqual([expect.stringContaining('secret/theirs was not read')])
})

function read(cluster: string): Promise<readonly (readonly JournalEvent[])[]> {
  return readRuns({ cluster }, testContext({ journal: folder }))
}

function runOf(events: readonly JournalEvent[]): string | undefined {
  return events[0]?.run
}

function write(run: string, cluster: string, more: object = {}): void {
  const journal = openJournal(folder, run)
  const stamp = { run, at: '2026-01-01T00:00:00.000Z' }
  journal.write({
    ...stamp,
    ...{ event: 'run_started', plan_id: 'p', steps: 1, by: 'me' },
    cluster: { id: cluster, name: 'lab', ...more },
    before: { entries: [], mounts: [], connections: [] },
  })
  journal.write({
    ...stamp,
    ...{ event: 'run_ended', outcome: 'done', done: [], rolled_back: [], remaining: [] },
    away: [{ node: nodeAddress(1), why: 'down' }],
  })
  journal.close()
}
