import { expect, test } from 'vitest'
import { liveNode } from '../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  safetyInput,
  SOURCE,
} from '../../test/builders/safety-input.ts'
import { blocksPlan, judge } from './judge.ts'

const KV = 'secret/my-kv'
const DOWNGRADE = { rule: 'data-downgrade', subject: KV, because: 'CHG-1432' }

function downgrade() {
  return safetyInput({
    today: '2026-03-01',
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.16.2', versions: ['v0.16.2'] })] },
    live: {
      catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
      mounts: [mountOf('team-b/', KV, 'v0.21.0'), mountOf('team-a/', KV, 'v0.21.0')],
    },
  })
}

test('a finding carries its rule’s name, severity, fix and place, and sorted names', () => {
  const [finding, ...moreFindings] = judge(downgrade(), [])

  expect(moreFindings).toEqual([])
  expect(finding).toMatchObject({
    rule: 'data-downgrade',
    severity: 'error',
    subject: KV,
    fix: expect.stringContaining('downgrade_to'),
    mounts: ['team-a/', 'team-b/'],
    nodes: ['http://node1:8200', 'http://node2:8200', 'http://node3:8200'],
    at: 'plugins.yaml:3:5',
  })
})

test('an error blocks until it is allowed', () => {
  const blocked = judge(downgrade(), [])
  const allowed = judge(downgrade(), [DOWNGRADE])

  expect(blocksPlan(blocked)).toBe(true)
  expect(allowed.map((finding) => finding.allowed)).toEqual(['CHG-1432'])
  expect(blocksPlan(allowed)).toBe(false)
})

test('an allowance is valid on its last day and not on the next', () => {
  const onTheDay = judge(downgrade(), [{ ...DOWNGRADE, until: '2026-03-01' }])
  const after = judge(downgrade(), [{ ...DOWNGRADE, until: '2026-02-28' }])

  expect(blocksPlan(onTheDay)).toBe(false)
  expect(blocksPlan(after)).toBe(true)
  expect(after.map(({ rule }) => rule)).toEqual(['data-downgrade', 'allow-expired'])
})

test('an allowance matches the subject exactly', () => {
  const findings = judge(downgrade(), [{ ...DOWNGRADE, subject: '*' }])

  expect(blocksPlan(findings)).toBe(true)
  expect(findings.map(({ rule }) => rule)).toEqual(['data-downgrade', 'allow-unused'])
})

test('a finding that cannot be allowed still blocks, and to allow it is an error, too', () => {
  const input = safetyInput({
    desired: { cluster: { name: { value: 'staging', source: SOURCE } } },
  })

  const findings = judge(input, [{ rule: 'wrong-cluster', subject: 'staging', because: 'hurry' }])

  expect(blocksPlan(findings)).toBe(true)
  expect(findings.map(({ rule, allowed }) => [rule, allowed])).toEqual([
    ['allow-refused', undefined],
    ['wrong-cluster', undefined],
  ])
})

test('errors come first, then findings are sorted by rule, subject and message', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'unversioned', versions: ['unversioned'] })] },
    live: {
      nodes: [
        liveNode(1),
        liveNode(3, { state: 'unreachable' }),
        liveNode(2, { state: 'unreachable' }),
      ],
      catalog: [
        entryOf(KV, 'unversioned', { command: 'old', sha256: entryOf(KV, 'v0.1.0').sha256 }),
      ],
      mounts: [mountOf('team-a/', KV, 'unversioned', { nodes: [liveNode(1)] })],
      unreadable: [{ what: 'pins', path: 'sys/plugins/pins', reason: 'HTTP 403' }],
    },
  })

  const findings = judge(input, [])

  expect(findings.map(({ severity, rule, subject }) => `${severity} ${rule} ${subject}`)).toEqual([
    'error node-unreachable http://node2:8200',
    'error node-unreachable http://node3:8200',
    `error unchecked-without-rollback ${KV}`,
    `warning no-rollback ${KV}`,
    'warning unreadable sys/plugins/pins',
    `note env-unobservable ${KV}`,
    `note unversioned-window ${KV}`,
  ])
})

test('a cluster that is in sync has no findings', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: { catalog: [entryOf(KV, 'v0.21.0')], mounts: [mountOf('team-a/', KV, 'v0.21.0')] },
  })

  expect(judge(input, [])).toEqual([])
})

test('thousands of mounts of a plugin are one finding that lists them', () => {
  const paths = Array.from({ length: 2000 }, (_, number) => `m${number}/`)
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.16.2', versions: ['v0.16.2'] })] },
    live: {
      catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')],
      mounts: paths.map((path) => mountOf(path, KV, 'v0.21.0')),
    },
  })

  const findings = judge(input, [])

  expect(findings.map(({ rule, mounts }) => [rule, mounts.length])).toEqual([
    ['data-downgrade', 2000],
  ])
})
