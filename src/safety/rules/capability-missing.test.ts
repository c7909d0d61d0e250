import { expect, test } from 'vitest'
import {
  desiredPlugin,
  entryOf,
  only,
  safetyInput,
  SOURCE,
} from '../../../test/builders/safety-input.ts'
import { capabilityMissing } from './capability-missing.ts'

const KV = 'secret/my-kv'
const PATH = 'sys/plugins/catalog/secret/my-kv'
const desired = { plugins: [desiredPlugin(KV, { versions: ['v0.21.0'] })] }

test('names a missing right, with the line for the policy', () => {
  const capabilities = new Map([[PATH, ['read', 'update', 'delete']]])

  const found = only(capabilityMissing.judge(safetyInput({ desired, capabilities })))

  expect(found).toMatchObject({
    subject: 'token',
    message: `The token may not do what the plan does on 1 path: ${PATH} (sudo).`,
    fix: 'Add to the token’s policy:',
    lines: [`path "${PATH}" { capabilities = ["sudo"] }`],
  })
})

test('treats a path that the server said nothing about as denied', () => {
  const capabilities = new Map<string, readonly string[]>()

  expect(only(capabilityMissing.judge(safetyInput({ desired, capabilities }))).message).toContain(
    `${PATH} (delete, read, sudo, update)`,
  )
})

test('finds nothing for root, and for a plan without steps', () => {
  const root = new Map([[PATH, ['root']]])
  const live = { catalog: [entryOf(KV, 'v0.21.0')] }

  expect(capabilityMissing.judge(safetyInput({ desired, capabilities: root }))).toEqual([])
  expect(capabilityMissing.judge(safetyInput({ desired, live, capabilities: new Map() }))).toEqual(
    [],
  )
})

test('warns if the token may not ask for its rights, with the line for the policy', () => {
  const capabilities = { refused: 'HTTP 403 permission denied' }

  expect(only(capabilityMissing.judge(safetyInput({ desired, capabilities })))).toMatchObject({
    severity: 'warning',
    subject: 'token',
    message: expect.stringContaining('HTTP 403 permission denied') as string,
    fix: 'Add to the token’s policy: path "sys/capabilities-self" { capabilities = ["update"] }',
  })
})

test('notes that the rights of the token that applies were not checked', () => {
  const input = safetyInput({ desired, capabilities: 'not-asked' })

  expect(only(capabilityMissing.judge(input))).toMatchObject({ severity: 'note', subject: 'token' })
  const live = { catalog: [entryOf(KV, 'v0.21.0')] }
  expect(
    capabilityMissing.judge(safetyInput({ desired, live, capabilities: 'not-asked' })),
  ).toEqual([])
})

test('finds nothing if no node could be asked', () => {
  expect(capabilityMissing.judge(safetyInput({ desired }))).toEqual([])
})

test('shows eight lines and says how many more there are', () => {
  const plugins = Array.from({ length: 9 }, (_, number) =>
    desiredPlugin(`secret/kv-${number}`, { versions: ['v0.21.0'] }),
  )
  const input = safetyInput({ desired: { plugins }, capabilities: new Map() })

  const found = only(capabilityMissing.judge(input))

  expect(found.lines).toHaveLength(8)
  expect(found.fix).toContain('with 1 more line that `lockstep policy` prints')
})

test('includes the rights for the lock', () => {
  const cluster = { lock: { kv: 'locks/lockstep', source: SOURCE } }
  const input = safetyInput({
    desired: { ...desired, cluster },
    capabilities: new Map([[PATH, ['root']]]),
  })

  expect(only(capabilityMissing.judge(input)).message).toContain('locks/data/lockstep')
})
