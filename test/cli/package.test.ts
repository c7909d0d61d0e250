/** The npm package can be imported, and the example of the library matches its types. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import * as library from '../../src/index.ts'
import { compareText } from '../../src/domain/names.ts'
import { blocksOf } from '../docs/pages.ts'
import { checkout } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

it('can be imported from the tarball, with types, and the example type-checks', async () => {
  await using folder = await makeScratchFolder({})
  const packed = join(folder.path, 'node_modules', 'lockstep')
  const types = join(folder.path, 'types')
  await mkdir(packed, { recursive: true })
  const { stdout } = await execa(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder.path],
    { cwd: checkout },
  )
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  const tarball = join(folder.path, filename)
  await execa('tar', ['-xzf', tarball, '-C', packed, '--strip-components', '1'])
  for (const name of await dependenciesOf(packed)) {
    const place = join(folder.path, 'node_modules', name)
    await symlink(join(checkout, 'node_modules', name), place)
  }
  // The node_modules of this checkout, since those of the tarball are only built when it is
  // published.
  await execa('npx', ['tsc', '-p', 'tsconfig.types.json', '--outDir', types], { cwd: checkout })
  await execa('cp', ['-r', types, join(packed, 'dist')])

  const names = await execa(
    process.execPath,
    ['--input-type=module', '-e', `console.log(Object.keys(await import('lockstep')).join())`],
    { cwd: folder.path },
  )
  const example = blocksOf('docs/library.md').find(({ kind }) => kind === 'file')
  if (example?.kind !== 'file') throw new Error('docs/library.md has no program')
  await writeFile(join(folder.path, 'example.mts'), typed(example.text))
  await symlink(join(checkout, 'node_modules', '@types'), join(folder.path, 'node_modules/@types'))
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023']
  const checked = await execa(
    join(checkout, 'node_modules', '.bin', 'tsc'),
    [...options, '--types', 'node', 'example.mts'],
    { cwd: folder.path, reject: false },
  )

  expect(names.stdout.split(',').sort(compareText)).toEqual(Object.keys(library).sort(compareText))
  expect(checked.stdout).toBe('')
})

async function dependenciesOf(folder: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  return Object.keys(manifest.dependencies)
}

/** The program in the page is JavaScript. Its parameter gets its type here. */
function typed(program: string): string {
  return program
    .replace('print(event)', `print(event: import('lockstep').JournalEvent)`)
    .concat('\nexport {}\n')
}
