import { expect, test } from 'vitest'
import { renderDesiredDifferences } from './plan-differences.ts'

function withArgs(args: string[]) {
  const version = { command: 'kv', sha256: 'a'.repeat(64), args }
  return { version: 1 as const, plugins: { 'secret/kv': { versions: { 'v1.0.0': version } } } }
}

test.each([
  { args: ['--db-password=hunter2', '--log'], other: ['--db-password=swordfish', '--log'] },
  { args: ['--password', 'hunter2'], other: ['--password', 'swordfish'] },
])('a secret in $args makes a difference and is not shown', ({ args, other }) => {
  const told = renderDesiredDifferences(withArgs(args), withArgs(other))

  expect(told).toHaveLength(2)
  expect(told.join('\n')).toContain('***')
  expect(told.join('\n')).not.toMatch(/hunter2|swordfish/)
})
