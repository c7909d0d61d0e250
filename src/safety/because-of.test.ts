import { expect, test } from 'vitest'
import { liveNode, nodeAddress, plugin, version } from '../../test/builders/live.ts'
import { findDesiredEnd } from '../plan/desired-end.ts'
import { rehearse } from '../twin/rehearsal/rehearse.ts'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  safetyInput,
  type SafetyInputParts,
} from '../../test/builders/safety-input.ts'
import { blocksPlan, judge } from './judge.ts'

const KV = 'secret/my-kv'
const right = desiredVersion(KV, 'v0.21.0')
const WRONG = desiredVersion(KV, 'v0.21.0', {
  sha256: `${right.sha256.slice(0, -1)}f` as typeof right.sha256,
})

/** A file with one wrong digit in a hash, and three nodes whose plugin files were read. */
function wrongDigit(catalog: NonNullable<SafetyInputParts['live']>['catalog']) {
  return safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.16.2', WRONG] })],
    },
    live: { catalog: catalog ?? [], mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
    binaries: [1, 2, 3].map((number) => ({
      node: nodeAddress(number),
      command: WRONG.command,
      expected: WRONG.sha256,
      for: 'run',
      result: { found: right.sha256 },
    })),
  })
}

function errorsWithoutCause(input: ReturnType<typeof safetyInput>) {
  const findings = judge(input, [])
  expect(blocksPlan(findings)).toBe(true)
  return findings.filter(
    ({ severity, because_of: cause }) => severity === 'error' && cause === undefined,
  )
}

test('links the findings of one wrong digit in a hash to the first of them', () => {
  const input = wrongDigit([entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')])

  expect(errorsWithoutCause(input)).toMatchObject([{ rule: 'sha256-changed', subject: KV }])
  expect(judge(input, []).filter(({ rule }) => rule === 'binary-differs')).toMatchObject(
    [1, 2, 3].map((number) => ({
      subject: nodeAddress(number),
      because_of: { rule: 'sha256-changed', subject: KV },
    })),
  )
})

test('links the findings of all nodes to the first node if the version is not registered yet', () => {
  const errors = errorsWithoutCause(wrongDigit([entryOf(KV, 'v0.16.2')]))

  expect(errors).toMatchObject([
    {
      rule: 'binary-differs',
      subject: nodeAddress(1),
      fix: expect.stringContaining('correct its `sha256`'),
    },
  ])
})

test('does not use an allowed finding as a cause', () => {
  const input = wrongDigit([entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')])
  const allowance = { rule: 'sha256-changed', subject: KV, because: 'rebuilt' }

  const left = judge(input, [allowance]).filter(({ rule }) => rule === 'binary-differs')

  expect(left.map(({ because_of: cause }) => cause?.rule)).toEqual([
    undefined,
    'binary-differs',
    'binary-differs',
  ])
})

test('does not link findings about different files', () => {
  const input = wrongDigit([entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')])
  const other = { ...input.binaries![0]!, command: 'other', expected: right.sha256 }

  const findings = judge({ ...input, binaries: [other] }, [])

  expect(findings.find(({ rule }) => rule === 'binary-differs')?.because_of).toBeUndefined()
})

/** Each error and warning: its rule, and the rule of its cause. */
function chains(parts: SafetyInputParts): readonly string[] {
  const input = safetyInput(parts)
  const { live, draft } = input
  const rehearsal = rehearse({ live, steps: draft.steps, desiredEnd: findDesiredEnd(draft, live) })
  return judge({ ...input, rehearsal }, [])
    .filter(({ severity }) => severity !== 'note')
    .map(({ rule, because_of: cause }) => (cause === undefined ? rule : `${rule} < ${cause.rule}`))
}

const OTHER = 'secret/other-kv'
const retiring = (id: string) => desiredPlugin(id, { retire: ['v0.16.2'] })
const registered = [KV, OTHER].map((id) => entryOf(id, 'v0.16.2'))

test('links what cannot be checked while a node is away to that node', () => {
  const nodes = [1, 2, 3].map((number) => ({
    ...liveNode(number),
    ...(number === 2 && { state: 'unreachable' as const, detail: 'connect ECONNREFUSED' }),
  }))
  const parts = {
    desired: { plugins: [retiring(KV), retiring(OTHER)] },
    live: { nodes, catalog: registered },
    binaries: [
      {
        node: nodes[1]!.address,
        ...{ command: 'kv', expected: right.sha256, for: 'run' as const },
        result: { failed: 'ssh: no route to host' },
      },
    ],
  }

  expect(chains(parts)).toEqual([
    'binary-differs < node-unreachable',
    'node-unreachable',
    'version-in-use < node-unreachable',
    'version-in-use < node-unreachable',
  ])
})

test('links the versions that one unreadable list may use to the first of them', () => {
  const unreadable = [{ what: 'mounts' as const, path: 'sys/mounts', reason: 'HTTP 403' }]

  expect(
    chains({
      desired: { plugins: [retiring(KV), retiring(OTHER)] },
      live: { catalog: registered, unreadable },
    }),
  ).toEqual(['version-in-use', 'version-in-use < version-in-use', 'unreadable'])
})

test('links an unsafe stop to the retirement that causes it', () => {
  expect(
    chains({
      desired: { plugins: [retiring(KV)] },
      live: { catalog: registered, mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
    }),
  ).toEqual(['unsafe-stopping-point < version-in-use', 'version-in-use'])
})

test('links what a pin makes impossible to the pin', () => {
  expect(
    chains({
      desired: {
        plugins: [
          desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'], retire: ['v0.16.2'] }),
        ],
      },
      live: {
        product: 'vault',
        server_version: '1.21.4',
        catalog: registered,
        mounts: [mountOf('team-a/', KV, 'v0.16.2')],
        pins: [{ plugin: plugin(KV), version: version('v0.16.2') }],
      },
    }),
  ).toEqual([
    'pinned',
    'unsafe-stopping-point < version-in-use',
    'version-in-use < pinned',
    'data-upgrade',
  ])
})

test('links a mount that is down to its missing entry', () => {
  const down = mountOf('team-a/', KV, 'v0.16.2')
  const nodes = down.nodes.map((view) => ({ ...view, answers: 'no' as const }))

  expect(
    chains({
      desired: { plugins: [desiredPlugin(KV)] },
      live: { mounts: [{ ...down, nodes }] },
    }),
  ).toEqual(['unregistered-version', 'mount-down < unregistered-version'])
})

test('links every finding to a wrong cluster', () => {
  const name = { value: 'production', source: right.source }
  const found = chains({
    desired: { cluster: { name }, plugins: [retiring(KV)] },
    live: { catalog: registered, mounts: [mountOf('team-a/', KV, 'v0.16.2')] },
  })

  expect(found).toEqual([
    'unsafe-stopping-point < version-in-use',
    'version-in-use < wrong-cluster',
    'wrong-cluster',
  ])
})
