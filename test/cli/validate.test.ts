/** `lockstep validate`, which needs no server and no variable. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { checkout, runLockstep } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

const sha256 = 'cd'.repeat(32)

it('accepts the examples and their later stages', async () => {
  const folders = readdirSync(join(checkout, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('lockstep.yaml'))
    .map((path) => join('examples', path, '..'))

  const run = await runLockstep(['validate', ...folders])

  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout.split('\n')).toHaveLength(folders.length)
})

it('reads lockstep.yaml if no path is given', async () => {
  await using folder = await makeScratchFolder({ 'lockstep.yaml': plugin('secret/one') })

  const run = await runLockstep(['validate'], { cwd: folder.path })

  expect(run).toMatchObject({ exitCode: 0, stdout: 'lockstep.yaml: valid, 1 plugin', stderr: '' })
})

it('validates each path separately, and those of -f together', async () => {
  const text = plugin('secret/one')
  await using folder = await makeScratchFolder({ 'a.yaml': text, 'b.yaml': text })

  const apart = await runLockstep(['validate', 'a.yaml', 'b.yaml'], { cwd: folder.path })
  const merged = await runLockstep(['validate', '-f', 'a.yaml', '-f', 'b.yaml'], {
    cwd: folder.path,
  })

  expect(apart).toMatchObject({ exitCode: 0, stderr: '' })
  expect(apart.stdout).toBe('a.yaml: valid, 1 plugin\nb.yaml: valid, 1 plugin')
  expect(merged.exitCode).toBe(1)
  expect(merged.stderr).toContain('b.yaml:3:3: plugin secret/one is given twice')
})

it('continues after an invalid path', async () => {
  await using folder = await makeScratchFolder({
    'bad/a.yaml': 'version: 1\nmount: {}\n',
    'good/a.yaml': plugin('secret/one'),
  })

  const run = await runLockstep(['validate', 'bad/', 'good/'], { cwd: folder.path })

  expect(run.exitCode).toBe(1)
  expect(run.stdout).toBe('good/: valid, 1 plugin')
  expect(run.stderr).toContain('bad/a.yaml:2:1: unknown key mount')
})

it('merges the files of a directory', async () => {
  await using folder = await makeScratchFolder({
    'prod/plugins.yaml': plugin('secret/one'),
    'prod/mounts.yml': 'version: 1\nmounts:\n  team-a/: { plugin: secret/one, canary: true }\n',
  })

  const run = await runLockstep(['validate', 'prod/'], { cwd: folder.path })

  expect(run).toMatchObject({ exitCode: 0, stdout: 'prod/: valid, 1 plugin', stderr: '' })
})

it('says in JSON that the file is valid', async () => {
  await using folder = await makeScratchFolder({ 'a.yaml': plugin('secret/one') })

  const run = await runLockstep(['validate', '--json', 'a.yaml'], { cwd: folder.path })

  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(JSON.parse(run.stdout)).toEqual({ format: 1, valid: true, problems: [], warnings: [] })
})

it('gives the place of each mistake in JSON', async () => {
  await using folder = await makeScratchFolder({ 'a.yaml': 'version: 1\nplugin: {}\n' })

  const run = await runLockstep(['validate', '--json', 'a.yaml'], { cwd: folder.path })

  expect(run).toMatchObject({ exitCode: 1, stderr: '' })
  expect(JSON.parse(run.stdout)).toEqual({
    format: 1,
    valid: false,
    warnings: [],
    problems: [
      {
        message: 'unknown key plugin',
        source: { file: 'a.yaml', line: 2, column: 1 },
        hint: 'did you mean plugins?',
      },
    ],
  })
})

it.each([
  ['that is sound', plugin('secret/one'), { exitCode: 0, stdout: '-: valid, 1 plugin' }],
  ['with a fault', 'version: 1\nplugin: {}\n', { exitCode: 1 }],
])('reads stdin as -, %s', async (_, text, ends) => {
  const program = join(checkout, 'dist', 'cli.js')

  const run = await execa(process.execPath, [program, 'validate', '-f', '-'], {
    input: text,
    reject: false,
  })

  expect(run).toMatchObject(ends)
  expect(run.stderr).toBe(
    ends.exitCode === 0 ? '' : '-:2:1: unknown key plugin\n    did you mean plugins?',
  )
})

it('prints nothing with -q if the file is valid', async () => {
  await using folder = await makeScratchFolder({ 'a.yaml': plugin('secret/one') })

  const run = await runLockstep(['validate', '-q', 'a.yaml'], { cwd: folder.path })

  expect(run).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
})

function plugin(id: string): string {
  const versions = `{ v1.0.0: { command: one, sha256: ${sha256} } }`
  return `version: 1\nplugins:\n  ${id}: { use: v1.0.0, versions: ${versions} }\n`
}
