import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mountPath, plugin } from '../../test/builders/live.ts'
import { safetyInput, SOURCE } from '../../test/builders/safety-input.ts'
import { compareText } from '../domain/names.ts'
import { RULES } from './rules.ts'

test('every file under rules/ defines the rule of its name, and the rules are sorted', () => {
  const files = readdirSync(new URL('rules/', import.meta.url))
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => file.replace(/[.]ts$/, ''))
    .sort(compareText)

  expect(RULES.map(({ name }) => name)).toEqual(files)
})

test.each(RULES.map((rule) => [rule.name, rule] as const))(
  '%s explains itself in two to six sentences and says what to do',
  (_name, { title, explanation, fix }) => {
    const sentences = explanation.match(/[.?!](?= |$)/g) ?? []

    expect(sentences.length).toBeGreaterThanOrEqual(2)
    expect(sentences.length).toBeLessThanOrEqual(6)
    expect(title).not.toMatch(/[.]$/)
    expect(fix).toMatch(/[.]$/)
  },
)

const NAMED = { plugin: plugin('secret/my-kv'), mounts: [mountPath('a/')], connections: [] }

test.each([
  { kind: 'mount-absent', path: 'a/' },
  { kind: 'mount-type-change', mount: mountPath('a/'), ...NAMED, found: plugin('secret/other') },
  { kind: 'not-overridable', ...NAMED },
  { kind: 'unversioned-unreachable', ...NAMED },
  { kind: 'builtin-hidden', ...NAMED },
  { kind: 'builtin-unknown', ...NAMED },
  { kind: 'latest-unavailable', ...NAMED },
] as const)('each impossible change is found by exactly one rule: $kind', (impossible) => {
  const input = safetyInput()
  const draft = { ...input.draft, impossible: [{ ...impossible, source: SOURCE }] }

  const found = RULES.filter(
    (rule) => rule.about === 'plan' && rule.judge({ ...input, draft }).length > 0,
  )

  expect(found.map(({ name }) => name)).toEqual([impossible.kind])
})
