import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPlanToShow } from '../operations/plan-files/plan-file.ts'
import { readPem } from './certificates.ts'
import { resolveConnection } from './connection.ts'

let home = ''
let path = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lockstep-read-file-'))
  path = join(home, '.vault-token')
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

const connect = () => resolveConnection({ flags: {}, trustsFiles: true, env: {}, home })
const readers: readonly [string, () => Promise<unknown>, string][] = [
  ['a plan', () => readPlanToShow(path), ', given as a plan,'],
  ['a certificate', () => readPem({ from: '--ca-cert', value: path }), ''],
  ['the token', connect, ''],
]

test.each(readers)('%s is not read from a pipe', async (_, read, named) => {
  execFileSync('mkfifo', [path])

  await expect(read()).rejects.toThrow(`${path}${named} is not a regular file`)
})

test.each(readers)('%s is not read from a file that is too large', async (_, read, named) => {
  writeFileSync(path, '')
  truncateSync(path, 257 * 1024 ** 2)

  await expect(read()).rejects.toThrow(`${path}${named} is larger than`)
})

test('an error names the setting of a certificate, and a missing token file means no token', async () => {
  execFileSync('mkfifo', [path])
  const pem = readPem({ from: 'VAULT_CACERT', value: path })

  await expect(pem).rejects.toThrow('VAULT_CACERT names it')
  rmSync(path)
  expect((await connect()).token).toBe('')
})
