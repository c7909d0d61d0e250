import { expect, test } from 'vitest'
import { mountPath, nodeAddress } from '../../test/builders/live.ts'
import type { Fact } from '../documents/plan.generated.ts'
import { ROOT_NAMESPACE, type Sha256 } from '../domain/names.ts'
import { explainFailure } from './failure.ts'
import { seenMismatch } from './facts/mismatch.ts'

const node = nodeAddress(2)
const sha256 = 'a'.repeat(64) as Sha256
const files = new Map([[sha256, 'kv-2']])
const [first, second] = ['a/', 'b/'].map((path): Fact & { fact: 'running' } => ({
  fact: 'running',
  mount: mountPath(path),
  namespace: ROOT_NAMESPACE,
  node,
  sha256,
}))
const expected = [first!, second!]
const down = expected.map((fact) => {
  const found = `no handler for route "${fact.mount}". route entry found, but backend is nil.`
  return seenMismatch(fact, { field: 'answers', expected: 'yes', found })
})

function refused(words: string) {
  return { node, reason: `${node}: HTTP 400 ${words}` }
}

test.each([
  [
    'cannot reload plugin on "a/": invalid backend version: checksums did not match',
    { kind: 'wrong_bytes', node, file: 'kv-2', sha256 },
  ],
  [
    'cannot reload plugin on "a/": error while validating the command path: lstat /opt/plugins/kv-2: no such file or directory',
    { kind: 'missing_file', node, file: 'kv-2' },
  ],
  [
    'cannot reload plugin on "a/": invalid backend version: fork/exec /opt/plugins/kv-2: permission denied',
    { kind: 'not_executable', node, file: 'kv-2' },
  ],
])('a known cause stands for what follows from it: %s', (words, cause) => {
  const failure = explainFailure({ refused: refused(words), broken: down }, expected, files)

  expect(failure.causes).toEqual([cause])
  expect(failure.reason).toContain(words)
  expect(failure.reason).toContain('b/ on http://node2:8200: does not answer (no handler')
})

test('of mounts on one node the same is said once', () => {
  const words = 'cannot reload plugin on "a/": it is Monday'

  expect(explainFailure({ refused: refused(words), broken: down }, expected, files).causes).toEqual(
    [
      { kind: 'words', words: `${node}: HTTP 400 ${words}` },
      { kind: 'wrong', things: ['a/', 'b/'], node, what: 'do not answer (backend is nil)' },
    ],
  )
})

test('a node that lacks the file cannot read the entry', () => {
  const fact: Fact = {
    fact: 'entry',
    plugin: 'secret/kv' as never,
    version: '' as never,
    entry: null,
  }
  const found =
    'HTTP 500 error while validating the command path: lstat /opt/plugins/kv-2: no such file or directory'
  const told = { field: 'readable', expected: 'registered', found } as const

  const { causes } = explainFailure(
    { broken: [seenMismatch(fact, told), seenMismatch({ ...fact, node }, told)] },
    [],
    files,
  )

  expect(causes).toEqual([{ kind: 'missing_file', node, file: 'kv-2' }])
})
