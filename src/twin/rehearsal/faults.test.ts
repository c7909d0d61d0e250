import { expect, it } from 'vitest'
import { mountPath, nodeAddress, plugin, sha256Of, version } from '../../../test/builders/live.ts'
import { describeFaults, type RehearsalFault, faultsOfMount } from './faults.ts'
import type { RunningMount, WouldStart } from '../cluster/twin.ts'

const OLD = sha256Of(plugin('secret/my-kv'), version('v1.0.0'))
const NEW = sha256Of(plugin('secret/my-kv'), version('v2.0.0'))

function running(differing: Partial<RunningMount> = {}): RunningMount {
  return {
    accessor: 'kv_1',
    configured_version: version('v1.0.0'),
    running_version: version('v1.0.0'),
    running_sha256: OLD,
    answers: true,
    is_registered: true,
    is_current: true,
    process: 'one',
    ...differing,
  }
}

function kinds(now: RunningMount | undefined, start: WouldStart = starts(OLD)) {
  const mount = { accessor: 'kv_1', mayStart: new Set([OLD]) }
  return faultsOfMount(mount, now, start).map(({ kind }) => kind)
}

function starts(sha256: typeof OLD): WouldStart {
  return { kind: 'started', version: version('v1.0.0'), sha256 }
}

it('finds nothing wrong with a mount that is whole, or with a node that runs none', () => {
  expect(kinds(running())).toEqual([])
  expect(kinds(undefined)).toEqual([])
})

it('finds each thing that may be wrong with a mount', () => {
  expect(kinds(running({ answers: false }))).toEqual(['down'])
  expect(kinds(running({ accessor: 'kv_2' }))).toEqual(['other-mount'])
  expect(kinds(running({ is_registered: false }))).toEqual(['unregistered'])
  expect(kinds(running(), { kind: 'failed', why: 'gone', cause: 'entry' })).toEqual([
    'entry-missing',
  ])
  expect(kinds(running(), { kind: 'failed', why: 'other', cause: 'file' })).toEqual([
    'file-differs',
  ])
  expect(kinds(running(), starts(NEW))).toEqual(['other-binary'])
})

it('says each kind of fault once, with a few of the mounts and nodes in words', () => {
  const faults: RehearsalFault[] = Array.from({ length: 1_000 }, (_, number) => ({
    kind: 'down',
    mount: mountPath(`m${String(number).padStart(3, '0')}/`),
    node: nodeAddress((number % 2) + 1),
  }))
  const refused: RehearsalFault = { kind: 'refused', node: nodeAddress(1), words: 'HTTP 400' }

  const [first, second, ...others] = describeFaults('tune a/', [...faults, refused], 2)

  expect(first?.problem).toBe('it would be refused (HTTP 400) (on http://node1:8200)')
  expect(second).toMatchObject({
    after: 'tune a/',
    kind: 'down',
    problem: expect.stringMatching(/^m000\/, m001\/.* and 980 more are down \(on every node\)$/),
    nodes: [nodeAddress(1), nodeAddress(2)],
  })
  expect(second?.mounts).toHaveLength(1_000)
  expect(others).toEqual([])
})
