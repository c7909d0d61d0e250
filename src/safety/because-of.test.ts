import { expect, test } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
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

/** A file with one wrong digit, and three nodes whose disks were read. */
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

test('of one wrong digit in a hash the first finding says what to do, the others follow from it', () => {
  const input = wrongDigit([entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')])

  expect(errorsWithoutCause(input)).toMatchObject([{ rule: 'sha256-changed', subject: KV }])
  expect(judge(input, []).filter(({ rule }) => rule === 'binary-differs')).toMatchObject(
    [1, 2, 3].map((number) => ({
      subject: nodeAddress(number),
      because_of: { rule: 'sha256-changed', subject: KV },
    })),
  )
})

test('of a version that is not registered yet the first node stands for all', () => {
  const errors = errorsWithoutCause(wrongDigit([entryOf(KV, 'v0.16.2')]))

  expect(errors).toMatchObject([
    {
      rule: 'binary-differs',
      subject: nodeAddress(1),
      fix: expect.stringContaining('correct its sha256'),
    },
  ])
})

test('what was accepted causes nothing: what is left stands for itself', () => {
  const input = wrongDigit([entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')])
  const allowance = { rule: 'sha256-changed', subject: KV, because: 'rebuilt' }

  const left = judge(input, [allowance]).filter(({ rule }) => rule === 'binary-differs')

  expect(left.map(({ because_of: cause }) => cause?.rule)).toEqual([
    undefined,
    'binary-differs',
    'binary-differs',
  ])
})

test('a fault of another file stands for itself', () => {
  const input = wrongDigit([entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0')])
  const other = { ...input.binaries![0]!, command: 'other', expected: right.sha256 }

  const findings = judge({ ...input, binaries: [other] }, [])

  expect(findings.find(({ rule }) => rule === 'binary-differs')?.because_of).toBeUndefined()
})
