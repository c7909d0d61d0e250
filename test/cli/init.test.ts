/** `lockstep init`: the first file, and the schema for editors beside it. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkout, runLockstep } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

const SCHEMA = 'lockstep.schema.json'

describe('init', () => {
  it('writes a file that is valid, as it is and with its comments filled in', async () => {
    await using folder = await makeScratchFolder()
    const cwd = folder.path

    const run = await runLockstep(['init'], { cwd })
    const text = await readFile(join(cwd, 'lockstep.yaml'), 'utf8')
    const head = text.slice(0, text.indexOf('# cluster:'))
    const filled = head + text.slice(head.length).replace(/^# /gm, '')
    await writeFile(join(cwd, 'filled.yaml'), filled)

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toContain('lockstep import > lockstep.yaml')
    const validated = await runLockstep(['validate', 'lockstep.yaml', 'filled.yaml'], { cwd })
    expect(validated).toMatchObject({ exitCode: 0, stderr: '' })
    expect(Object.keys(parse(filled) as object)).toEqual([
      ...['version', 'cluster', 'plugins', 'mounts'],
    ])
  })

  it('names a schema that is there, offline, and finds mistakes', async () => {
    await using folder = await makeScratchFolder({ 'prod/': '' })

    await runLockstep(['init', '--out', 'prod/a.yaml'], { cwd: folder.path })
    const second = await runLockstep(['init', '--out', 'prod/b.yaml'], { cwd: folder.path })

    const text = await readFile(join(folder.path, 'prod', 'b.yaml'), 'utf8')
    const [, named = ''] = /^# yaml-language-server: \$schema=(.*)$/m.exec(text) ?? []
    const schema: unknown = JSON.parse(await readFile(join(folder.path, 'prod', named), 'utf8'))
    const original = await readFile(join(checkout, 'schemas/desired-state.schema.json'), 'utf8')
    expect(second.exitCode).toBe(0)
    expect(second.stdout).toContain('lockstep plan -f prod/b.yaml')
    expect(schema).toEqual(JSON.parse(original))
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
      schema as object,
    )
    expect(validate(parse(text))).toBe(true)
    expect(validate({ version: 1, plugin: {} })).toBe(false)
  })

  it.each([
    ['a file', (path: string) => writeFile(path, 'mine')],
    ['a link to nothing', (path: string) => symlink('/nowhere/x', path)],
    ['a folder', (path: string) => mkdir(path)],
  ])('overwrites no file: %s', async (_, make) => {
    await using folder = await makeScratchFolder()
    await make(join(folder.path, 'lockstep.yaml'))

    const run = await runLockstep(['init'], { cwd: folder.path })

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('lockstep.yaml exists already, and init overwrites no file')
    expect(run.stderr).toContain('lockstep init --out FILE')
    expect(await readdir(folder.path)).toEqual(['lockstep.yaml'])
  })

  it('overwrites no other schema, and then writes nothing', async () => {
    await using folder = await makeScratchFolder({ [SCHEMA]: '{}' })

    const run = await runLockstep(['init'], { cwd: folder.path })

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain(`${SCHEMA} exists already`)
    expect(await readdir(folder.path)).toEqual([SCHEMA])
    expect(await readFile(join(folder.path, SCHEMA), 'utf8')).toBe('{}')
  })

  it('leaves nothing behind if the schema cannot be written', async () => {
    await using folder = await makeScratchFolder()
    await symlink('/nowhere/x', join(folder.path, SCHEMA))

    const run = await runLockstep(['init'], { cwd: folder.path })

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(await readdir(folder.path)).toEqual([SCHEMA])
  })

  it('says which folder is missing', async () => {
    await using folder = await makeScratchFolder()

    const run = await runLockstep(['init', '--out', 'no/\u001b[31m.yaml'], { cwd: folder.path })

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('cannot be written (ENOENT)')
    expect(run.stderr).not.toContain('\u001b')
  })
})
