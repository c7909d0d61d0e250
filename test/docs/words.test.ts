/**
 * Texts for users and comments have one word for one thing, and no phrase that needs to be read
 * twice.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkout } from '../cli/run-lockstep.ts'
import { GLOSSARY } from '../../src/domain/glossary.ts'
import { DRIFT_CLASSES } from '../../src/drift/classes.ts'
import { RULES } from '../../src/safety/rules.ts'
import { documents, readDocument } from './pages.ts'

/** Each with the word to use instead. */
const AVOIDED: readonly (readonly [RegExp, string])[] = [
  [/\bwanted\b/i, 'desired'],
  [/\b(way back|put back|taken back|takes? back|undone)\b/i, 'roll back'],
  [/\b(mend(s|ed|ing)?|cur(e|es|ed)|put right)\b/i, 'fix'],
  [/\b(by then|as yet|nobody|somebody|half ?way)\b/i, 'a literal phrase'],
  [/\b(is|are) to [a-z]+/i, 'should, or the plain verb'],
  [/\bno more\b(?! than)/i, 'not … any more'],
  [/\b(told|tells? of)\b/i, 'reported'],
  [/\b(went on|goes on|gave? free|in step)\b/i, 'continue, release, in sync'],
  [/\b(carry|carries|carrying) .{0,12}\bout\b/i, 'apply'],
]

function findAvoided(text: string, avoided: typeof AVOIDED = AVOIDED): string[] {
  return avoided.flatMap(([pattern, instead]) => {
    const found = pattern.exec(text)
    return found === null ? [] : [`${found[0]}: write ${instead}`]
  })
}

test.each(RULES.map((rule) => [rule.name, rule] as const))('the rule %s', (_name, rule) => {
  expect(findAvoided([rule.title, rule.explanation, rule.fix].join(' '))).toEqual([])
})

test('the classes of drift and the glossary', () => {
  for (const text of Object.values(DRIFT_CLASSES)) expect(findAvoided(text)).toEqual([])
  for (const { meaning } of GLOSSARY) expect(findAvoided(meaning)).toEqual([])
})

test.each(readdirSync(join(checkout, 'schemas')))('the descriptions of schemas/%s', (file) => {
  const schema = readFileSync(join(checkout, 'schemas', file), 'utf8')
  for (const [, text = ''] of schema.matchAll(/"description": "(.*)"/g))
    expect(findAvoided(text)).toEqual([])
})

test.each(documents.filter((page) => /^docs\/(?!rules|decisions)/.test(page)))('%s', (page) => {
  for (const line of readDocument(page).split('\n')) expect(findAvoided(line)).toEqual([])
})

/** Phrases that a comment may have, although a text for users may not. */
const FINE_IN_COMMENTS: ReadonlySet<string> = new Set(['should, or the plain verb', 'apply'])
const AVOIDED_IN_COMMENTS = [
  ...AVOIDED.filter(([, instead]) => !FINE_IN_COMMENTS.has(instead)),
  [/\b(anew|held against|whoever|anybody)\b/i, 'a literal phrase'],
] as const

const folders = readdirSync(join(checkout, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

test.each(folders)('the comments of src/%s', (folder) => {
  const root = join(checkout, 'src', folder)
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.generated)\.ts$/.test(file),
  )
  const found = files.flatMap((file) =>
    commentsOf(readFileSync(join(root, file), 'utf8')).flatMap((comment) =>
      findAvoided(comment, AVOIDED_IN_COMMENTS).map((problem) => `${file}: ${problem}`),
    ),
  )
  expect(files.length).toBeGreaterThan(0)
  expect(found).toEqual([])
})

/** Each comment of a source text on one line. */
function commentsOf(source: string): string[] {
  return [...source.matchAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*(?:\n\s*\/\/.*)*/gm)].map(([comment]) =>
    comment.replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' '),
  )
}

test('a phrase that is broken over two lines of a comment is found', () => {
  const [block = '', line = ''] = commentsOf(
    '/**\n * It is mended by\n * then. */\n// put\n// back',
  )

  expect(findAvoided(block, AVOIDED_IN_COMMENTS)).toHaveLength(2)
  expect(findAvoided(line, AVOIDED_IN_COMMENTS)).toEqual(['put back: write roll back'])
})

test('an avoided phrase is found, with what to write', () => {
  expect(findAvoided('Mend the cause.')).toEqual(['Mend: write fix'])
  expect(findAvoided('a/ is to run v2')).toEqual(['is to run: write should, or the plain verb'])
  expect(findAvoided('reads no more than 64 MiB')).toEqual([])
})
