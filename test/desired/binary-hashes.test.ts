import { createHash } from 'node:crypto'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { createFolder, DIGEST, OTHER_DIGEST, withBinary } from './desired-folder.ts'

const FROM_SUMS = withBinary('{ command: kv-21, sha256: { sums: dist/SUMS } }')
const FROM_BINARY = withBinary('{ command: kv-21, sha256: { binary: dist/kv } }')

describe('a sums file', () => {
  test.each([
    ['as sha256sum writes it', `${OTHER_DIGEST}  kv-20\n${DIGEST}  kv-21\n`],
    ['of binary files', `${DIGEST} *kv-21\n`],
    ['as BSD writes it', `SHA256 (kv-21) = ${DIGEST}\n`],
    ['as OpenSSL writes it', `SHA2-256(kv-21)= ${DIGEST}\n`],
    ['with folders', `${DIGEST}  ./dist/linux/kv-21\n`],
    ['with capitals, comments and CRLF', `# dist\r\n\r\n${DIGEST.toUpperCase()}  kv-21\r\n`],
    ['with one name twice', `${DIGEST}  a/kv-21\n${DIGEST}  b/kv-21\n`],
    ['with the hash of something else broken', `abc  other\n${DIGEST}  kv-21\n`],
    ['with other algorithms', `SHA512 (kv-21) = ${DIGEST}${DIGEST}\nSHA256 (kv-21) = ${DIGEST}\n`],
  ])('%s', async (_name, sums) => {
    const folder = await createFolder({ 'state/a.yaml': FROM_SUMS, 'state/dist/SUMS': sums })

    const state = await folder.load(['state'])

    expect(state.plugins[0]?.versions[0]?.sha256).toBe(DIGEST)
  })

  test.each([
    ['is not there', undefined, 'dist/SUMS is not there'],
    [
      'has no such name',
      `${DIGEST}  kv-20\n`,
      'dist/SUMS lists no checksum for kv-21\n    it lists kv-20',
    ],
    [
      'has only other names',
      `${DIGEST}  redis\n${DIGEST}  jwt\n`,
      'dist/SUMS lists no checksum for kv-21\n    it lists redis, jwt',
    ],
    [
      'has no hashes',
      'hello\nall of you\n',
      'dist/SUMS lists no checksum for kv-21\n    no line of it is like "HASH  NAME"',
    ],
    [
      'has a hash that is none',
      `\n${DIGEST.slice(2)}  kv-21\n`,
      'dist/SUMS:2: the checksum has 62 characters; it needs 64 hex digits',
    ],
    [
      'holds one bare hash under another name',
      `${DIGEST}\n`,
      'dist/SUMS holds one checksum and does not say of which file\n    if it is that of kv-21, write "HASH  kv-21" there, or name the file kv-21.sha256',
    ],
    [
      'has two hashes for one name',
      `${DIGEST}  a/kv-21\n${OTHER_DIGEST}  b/kv-21\n`,
      'dist/SUMS has two different hashes for kv-21, in lines 1 and 2',
    ],
  ])('is refused if it %s', async (_name, sums, problem) => {
    const folder = await createFolder({
      'a.yaml': FROM_SUMS,
      ...(sums !== undefined && { 'dist/SUMS': sums }),
    })

    expect(await folder.problems()).toEqual([`a.yaml:5:50: ${problem}`])
  })
})

test.each(['kv-21.sha256', 'kv-21.sha256sum'])(
  'a bare hash in %s is that of kv-21',
  async (name) => {
    const sums = withBinary(`{ command: kv-21, sha256: { sums: ${name} } }`)
    const folder = await createFolder({ 'a.yaml': sums, [name]: `${DIGEST}\n` })

    expect((await folder.load()).plugins[0]?.versions[0]?.sha256).toBe(DIGEST)
  },
)

test('refuses the SHA-256 of an empty file in every form', async () => {
  const empty = createHash('sha256').digest('hex')
  const problem = 'this is the SHA-256 of an empty file'
  for (const sha256 of [empty, '{ sums: SUMS }', '{ binary: kv }']) {
    const folder = await createFolder({
      'a.yaml': withBinary(`{ command: kv, sha256: ${sha256} }`),
      SUMS: `${empty}  kv\n`,
      kv: '',
    })

    const [told, ...more] = await folder.problems()
    expect([told?.includes(problem), more]).toEqual([true, []])
  }
})

test.each(['pipe', '/dev/zero'])('does not read %s: only regular files are read', async (name) => {
  const folder = await createFolder({
    'a.yaml': withBinary(`{ command: kv, sha256: { sums: ${name} } }`),
    'b.yaml': withBinary(`{ command: kv, sha256: { binary: ${name} } }`),
  })
  // The pipe has no writer: a reader that waits for one never ends.
  await execa('mkfifo', [folder.path('pipe')])

  for (const file of ['a.yaml', 'b.yaml']) {
    const [told] = await folder.problems([file])
    expect(told).toContain(`${name} is not a regular file; - reads from stdin`)
  }
  expect(await folder.problems(['pipe'])).toEqual([
    'pipe: is not a regular file; - reads from stdin',
  ])
})

describe('a local binary', () => {
  test('is hashed', async () => {
    const binary = Buffer.alloc(300_000, 'x')
    const folder = await createFolder({ 'a.yaml': FROM_BINARY, 'dist/kv': binary })

    const state = await folder.load()

    const hash = createHash('sha256').update(binary).digest('hex')
    expect(state.plugins[0]?.versions[0]?.sha256).toBe(hash)
  })

  test('is refused if it does not exist', async () => {
    const folder = await createFolder({ 'a.yaml': FROM_BINARY })

    expect(await folder.problems()).toEqual(['a.yaml:5:52: dist/kv is not there'])
  })

  test('is refused if it is a directory', async () => {
    const folder = await createFolder({ 'a.yaml': FROM_BINARY, 'dist/kv/x': '' })

    expect(await folder.problems()).toEqual(['a.yaml:5:52: dist/kv is a directory'])
  })
})
