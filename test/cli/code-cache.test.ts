/** The compiled code that the build keeps beside the program, which only ever makes it faster. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { checkout } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

it('fits the bundle it was made of', async () => {
  const filename = join(checkout, 'dist', 'main.cjs')
  const cachedData = await readFile(join(checkout, 'dist', 'main.cache'))

  const script = new Script(await readFile(filename, 'latin1'), { filename, cachedData })

  expect(script.cachedDataRejected).toBe(false)
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
