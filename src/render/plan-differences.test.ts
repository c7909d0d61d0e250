import { describe, expect, test } from 'vitest'
import type { Plan, Step } from '../documents/plan.generated.ts'
import { renderDesiredDifferences, renderPlanDifferences } from './plan-differences.ts'

function withArgs(args: string[]) {
  const version = { command: 'kv', sha256: 'a'.repeat(64), args }
  return { version: 1 as const, plugins: { 'secret/kv': { versions: { 'v1.0.0': version } } } }
}

test.each([
  { args: ['--db-password=hunter2', '--log'], other: ['--db-password=swordfish', '--log'] },
  { args: ['--password', 'hunter2'], other: ['--password', 'swordfish'] },
])('shows that a secret in $args differs, and not the secret', ({ args, other }) => {
  const differences = renderDesiredDifferences(withArgs(args), withArgs(other))

  expect(differences).toHaveLength(2)
  expect(differences.join('\n')).toContain('***')
  expect(differences.join('\n')).not.toMatch(/hunter2|swordfish/)
})

describe('renderPlanDifferences', () => {
  const cluster = { nodes: [] } as unknown as Plan['cluster']
  const stepOf = (action: object) => ({ action, why: '' }) as Step
  const register = (sha256: string) =>
    stepOf({
      kind: 'register',
      plugin: 'secret/kv',
      version: 'v1.0.0',
      entry: { command: 'kv', sha256, args: [] },
      env: [],
    })
  const tune = (namespace: string) =>
    stepOf({ kind: 'tune', mount: 'kv/', namespace, version: 'v1.0.0' })

  test.each([
    {
      what: 'the SHA-256 of a registration',
      file: register('0'.repeat(64)),
      now: register('a'.repeat(64)),
      lines: [`- sha256 ${'0'.repeat(64)}`, `+ sha256 ${'a'.repeat(64)}`],
    },
    {
      what: 'what the words of a step do not show',
      file: tune('ns1/'),
      now: tune('ns2/'),
      lines: ['-     "namespace": "ns1/",', '+     "namespace": "ns2/",'],
    },
  ])('shows $what', ({ file, now, lines }) => {
    const differences = { onlyInFile: [file], notInFile: [now], settings: [] }

    expect(renderPlanDifferences(differences, cluster)).toEqual(lines)
  })
})
