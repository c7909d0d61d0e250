/**
 * The compiled code that the build writes beside the program. It only makes the program start
 * faster.
 */
import { createHash } from 'node:crypto'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { checkout } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

it('matches the bundle that it was made from', async () => {
  const filename = join(checkout, 'dist', 'main.cjs')
  const cache = await readFile(join(checkout, 'dist', 'main.cache'))
  const source = await readFile(filename)
  const cachedData = cache.subarray(32)

  const script = new Script(source.toString('latin1'), { filename, cachedData })

  expect(script.cachedDataRejected).toBe(false)
  expect(cache.subarray(0, 32)).toEqual(createHash('sha256').update(source).digest())
})

it('belongs to a bundle in ASCII, since each byte is read as a character', async () => {
  const source = await readFile(join(checkout, 'dist', 'main.cjs'))

  expect(source.findIndex((byte) => byte > 0x7f)).toBe(-1)
})

it('is not used if the bundle was changed since', async () => {
  await using copy = await makeScratchFolder({ 'package.json': '{"type":"module"}' })
  const dist = join(copy.path, 'dist')
  await cp(join(checkout, 'dist'), dist, { recursive: true })
  const bundle = join(dist, 'main.cjs')
  const source = await readFile(bundle, 'latin1')
  await writeFile(bundle, source.replace('Explain a rule', 'EXPLAIN A RULE'), 'latin1')

  const { stdout } = await execa(process.execPath, [join(dist, 'cli.js'), '--help'])

  expect(stdout).toContain('EXPLAIN A RULE')
})

it.each([
  ['missing', (path: string) => rm(path)],
  ['of another V8', (path: string) => writeFile(path, 'nothing that V8 knows')],
])('may be %s', async (_, change) => {
  await using copy = await makeScratchFolder({ 'package.json': '{"type":"module"}' })
  const dist = join(copy.path, 'dist')
  await cp(join(checkout, 'dist'), dist, { recursive: true })
  await change(join(dist, 'main.cache'))

  const { stdout } = await execa(process.execPath, [join(dist, 'cli.js'), 'explain', 'pinned'])

  expect(stdout).toContain('pinned')
})
