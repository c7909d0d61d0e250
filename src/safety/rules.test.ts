import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compareText } from '../domain/names.ts'
import { RULES } from './rules.ts'

test('every file under rules/ is a rule of its name, in order', () => {
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
