import { createHash } from 'node:crypto'
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
      'dist/SUMS has no line for kv-21\n    did you mean kv-20?',
    ],
    [
      'has only other names',
      `${DIGEST}  redis\n${DIGEST}  jwt\n`,
      'dist/SUMS has no line for kv-21\n    it has redis, jwt',
    ],
    [
      'has no hashes',
      'hello\nall of you\n',
      'dist/SUMS has no line for kv-21\n    it has no line such as "HASH  NAME" at all',
    ],
    [
      'has a hash that is none',
      `\n${DIGEST.slice(2)}  kv-21\n`,
      'dist/SUMS:2: a SHA-256 has 64 hex digits; these are 62',
    ],
    [
      'has two hashes for one name',
      `${DIGEST}  a/kv-21\n${OTHER_DIGEST}  b/kv-21\n`,
      'dist/SUMS has two different hashes for kv-21, in lines 1 and 2',
    ],
  ])('that %s is an error', async (_name, sums, problem) => {
    const folder = await createFolder({
      'a.yaml': FROM_SUMS,
      ...(sums !== undefined && { 'dist/SUMS': sums }),
    })

    expect(await folder.problems()).toEqual([`a.yaml:5:50: ${problem}`])
  })
})

describe('a local binary', () => {
  test('is hashed', async () => {
    const binary = Buffer.alloc(300_000, 'x')
    const folder = await createFolder({ 'a.yaml': FROM_BINARY, 'dist/kv': binary })

    const state = await folder.load()

    const hash = createHash('sha256').update(binary).digest('hex')
    expect(state.plugins[0]?.versions[0]?.sha256).toBe(hash)
  })

  test('that is not there is an error', async () => {
    const folder = await createFolder({ 'a.yaml': FROM_BINARY })

    expect(await folder.problems()).toEqual(['a.yaml:5:52: dist/kv is not there'])
  })

  test('that is a directory is an error', async () => {
    const folder = await createFolder({ 'a.yaml': FROM_BINARY, 'dist/kv/x': '' })

    expect(await folder.problems()).toEqual(['a.yaml:5:52: dist/kv is a directory'])
  })
})
