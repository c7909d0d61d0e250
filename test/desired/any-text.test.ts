import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Files } from '../../src/desired/files/files.ts'
import { loadDesiredState } from '../../src/desired/load-desired-state.ts'
import { InputError } from '../../src/domain/errors.ts'
import { DIGEST, problemsOf, withPlugin } from './desired-folder.ts'
import { bySize, samples } from '../size.ts'

/** Files without a disk: one file, whatever its name. */
function onlyFile(text: string): Files {
  return {
    kind: () => Promise.resolve({ value: 'file' }),
    list: () => Promise.resolve({ value: [] }),
    read: () => Promise.resolve({ value: text }),
    sha256: () => Promise.resolve({ failure: 'is not there' }),
  }
}

const load = (text: string) => loadDesiredState(['a.yaml'], { files: onlyFile(text) })

async function isJudged(text: string): Promise<boolean> {
  try {
    await load(text)
    return true
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return (
      error.problems.length > 0 &&
      error.problems.every(
        ({ source }) => source !== undefined && source.line > 0 && source.column > 0,
      )
    )
  }
}

const KEYS = [
  'version',
  'cluster',
  'name',
  'nodes',
  'binary_check',
  'lock',
  'kv',
  'plugins',
  'secret/kv',
  'auth/jwt',
  'use',
  'versions',
  'v1.0.0',
  'unversioned',
  'command',
  'sha256',
  'sums',
  'env',
  'from',
  'data',
  'upgrade_from',
  'retire',
  'mounts',
  'team-a/',
  'plugin',
  'enable',
  'verify',
  'read',
  'run',
  'connections',
  'db/config/a',
  'allow',
  'until',
  'ignore',
  '__proto__',
  'constructor',
] as const

const scalar = fc.oneof(
  fc.constantFrom<unknown>(1, 1.5, true, null, '', 'builtin', 'v1.0.0', 'discover', DIGEST),
  fc.constantFrom(...KEYS),
  fc.string(),
)
const document = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value

describe('any input is read, or refused with places', () => {
  test('text', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), isJudged), {
      ...samples(bySize({ few: 200, many: 500 })),
    })
  })

  test('any sequence of YAML tokens', async () => {
    const token = fc.constantFrom(
      ...['\n', ' ', '  ', '\t', ': ', '- ', '? ', '{', '}', '[', ']', ',', '"', "'", '|', '>'],
      ...['#', '&a', '*a', '!t', '%', '---\n', '...', '<<', '~', 'a', '1', 'version: 1\n', '\r'],
      ...['\u0000', '\u001f', '\u0002', '\u0018', '\uFEFF', '\u2028', '\\', '@', '`'],
    )
    const text = fc.array(token, { maxLength: 60 }).map((tokens) => tokens.join(''))
    await fc.assert(fc.asyncProperty(text, isJudged), {
      ...samples(bySize({ few: 1000, many: 3000 })),
    })
  })

  test('a valid file with a text inserted', async () => {
    const good = withPlugin('mounts:\n  a: { plugin: secret/kv, verify: [{ read: x }] }\n')
    const edit = fc.tuple(fc.nat(good.length), fc.nat(12), fc.string({ maxLength: 8 }))
    const edited = edit.map(
      ([at, length, text]) => good.slice(0, at) + text + good.slice(at + length),
    )
    await fc.assert(fc.asyncProperty(edited, isJudged), {
      ...samples(bySize({ few: 400, many: 1000 })),
    })
  })

  test('any data below the keys of the format', async () => {
    const text = document.map((data) => JSON.stringify({ version: 1, ...(data as object) }))
    await fc.assert(fc.asyncProperty(text, isJudged), {
      ...samples(bySize({ few: 400, many: 1000 })),
    })
  })
})

describe('a text that would be expensive to parse is refused', () => {
  test('a megabyte of aliases of aliases', async () => {
    const lines = ['a0: &a0 [x]']
    let size = 0
    for (let row = 1; size < 1_000_000; row++) {
      const line = `a${row}: &a${row} [${`*a${row - 1}, `.repeat(20)}]`
      lines.push(line)
      size += line.length
    }

    const problems = await problemsOf(load(lines.join('\n')))

    expect(
      problems.map(({ message, source }) => [message.split(' (and')[0], source?.line]),
    ).toEqual([
      ['YAML anchors (&name) are not accepted', 1],
      ['YAML aliases (*name) are not accepted', 2],
    ])
  })

  test.each(['[', '{', '- ', '? ', ': ', 'a: ', '[{a: '])('nesting by %j', async (opening) => {
    const text = opening.repeat(100_000)

    const problems = await problemsOf(load(text))

    expect(problems.map(({ message }) => message)).toEqual(['this is nested too deeply'])
  })

  test('a text that is nowhere valid YAML', async () => {
    const problems = await problemsOf(load(']'.repeat(1_000_000)))

    expect(problems).toEqual([
      { message: 'this is not YAML', source: { file: 'a.yaml', line: 1, column: 1001 } },
    ])
  })

  test('many keys in one mapping', async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `key-${index}: 1\n`)

    const problems = await problemsOf(load(`version: 1\n${keys.join('')}key-0: 2\n`))

    expect(problems).toHaveLength(20_001)
    expect(problems.at(-1)?.message).toBe('key-0 is given twice, first at a.yaml:2:1')
  })
})
