import { expect, test } from 'vitest'
import { nodeAddress, plugin, sha256Of, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  desiredVersion,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import type { BinaryReport } from '../rule.ts'
import { binaryDiffers } from './binary-differs.ts'

const expected = sha256Of(plugin('secret/my-kv'), version('v0.21.0'))
const found = sha256Of(plugin('secret/my-kv'), version('v0.1.0'))

test('reports the wrong and unchecked files of a node in one finding, and no right files', () => {
  const input = safetyInput({
    binaries: [
      { node: nodeAddress(1), command: 'a', expected, for: 'run', result: 'same' },
      { node: nodeAddress(2), command: 'a', expected, for: 'run', result: { found } },
      {
        node: nodeAddress(2),
        command: 'b',
        expected,
        for: 'run',
        result: { failed: 'No such file' },
      },
    ],
  })

  expect(only(binaryDiffers.judge(input))).toEqual({
    subject: nodeAddress(2),
    message: `On ${nodeAddress(2)} the plugin directory is not as the file says: a has SHA-256 ${found}, not ${expected} and b could not be checked (No such file).`,
    nodes: [nodeAddress(2)],
    topics: [`file a ${expected}`, `file b ${expected}`],
  })
})

test('finds nothing if no file was checked', () => {
  expect(binaryDiffers.judge(safetyInput())).toEqual([])
})

test('gives the place of the check in the file if the check cannot run', () => {
  const source = { file: 'cluster.yaml', line: 2, column: 3 }
  const binaries = [
    {
      node: nodeAddress(2),
      command: 'a',
      expected,
      for: 'run' as const,
      result: { failed: 'ssh: not found' },
    },
  ]
  const input = safetyInput({
    desired: { cluster: { binaryCheck: { command: ['ssh'], source } } },
    binaries,
  })

  expect(only(binaryDiffers.judge(input))).toMatchObject({
    fix: expect.stringContaining('`cluster.binary_check` for this node by hand'),
    at: source,
  })
})

test('warns of a file that only a rollback starts, unless another file is wrong there', () => {
  const old: BinaryReport = {
    node: nodeAddress(1),
    command: 'old',
    expected,
    for: 'rollback',
    result: { found },
  }
  const judged = (binaries: readonly BinaryReport[]) =>
    only(binaryDiffers.judge(safetyInput({ binaries })))

  expect(judged([old])).toMatchObject({
    severity: 'warning',
    message: expect.stringContaining('would roll back to: old has SHA-256') as string,
  })
  expect(judged([old, { ...old, command: 'new', for: 'run' }])).not.toHaveProperty('severity')
})

test('gives the place of the version in the file if its file differs, also if another file was not checked', () => {
  const KV = 'secret/my-kv'
  const source = { file: 'plugins.yaml', line: 9, column: 7 }
  const versions = [
    desiredVersion(KV, 'v0.16.2', { command: 'a' }),
    desiredVersion(KV, 'v0.21.0', { command: 'b', source }),
  ]
  const at = { node: nodeAddress(2), expected, for: 'run' as const }
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions })] },
    binaries: [
      { ...at, command: 'a', result: { failed: 'timeout' } },
      { ...at, command: 'b', result: { found } },
    ],
  })

  const verdict = only(binaryDiffers.judge(input))

  expect(verdict.at).toEqual(source)
  expect(verdict.fix).toBeUndefined()
})
