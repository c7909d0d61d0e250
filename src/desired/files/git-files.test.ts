/** On real git repositories. */
import { execFileSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LockstepError } from '../../domain/errors.ts'
import { openGitFiles } from './git-files.ts'

let folder = ''
const cwd = process.cwd()
const env = { PATH: process.env['PATH'], HOME: '/nonexistent' }

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...identity, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim()
}

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}

function commit(message: string): string {
  git('add', '--all')
  git('commit', '--quiet', '--message', message)
  return git('rev-parse', 'HEAD')
}

beforeEach(async () => {
  folder = realpathSync(await mkdtemp(join(tmpdir(), 'lockstep-git-')))
  process.chdir(folder)
})
afterEach(async () => {
  process.chdir(cwd)
  await rm(folder, { recursive: true })
})

async function refusal(ref: string): Promise<LockstepError> {
  const error: unknown = await openGitFiles(ref, env).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof LockstepError) return error
  throw new Error('it was not refused')
}

describe('files at a ref', () => {
  it('are read as they were committed, from any folder of the repository', async () => {
    git('init', '--quiet', '--initial-branch=main')
    await write({ 'prod/a.yaml': 'old', 'prod/b.yaml': 'b', 'prod/sub/c.yaml': 'c', SUMS: 'sum' })
    const old = commit('first')
    await write({ 'prod/a.yaml': 'new' })
    commit('second')
    await write({ 'prod/a.yaml': 'not committed' })
    process.chdir('prod')

    const { files, commit: found } = await openGitFiles('main~1', env)

    expect(found).toBe(old)
    expect(await files.read('a.yaml', 100)).toEqual({ value: 'old' })
    expect(await files.read(join(folder, 'prod/a.yaml'), 100)).toEqual({ value: 'old' })
    expect(await files.read('../SUMS', 100)).toEqual({ value: 'sum' })
    expect(await files.kind('.')).toEqual({ value: 'directory' })
    expect(await files.kind('..')).toEqual({ value: 'directory' })
    expect(await files.kind('a.yaml')).toEqual({ value: 'file' })
    expect(await files.list('.')).toEqual({ value: ['a.yaml', 'b.yaml'] })
    expect(await files.list('..')).toEqual({ value: ['SUMS'] })
    expect(await files.sha256('b.yaml')).toEqual({
      value: '3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d',
    })
  })

  it('are not there, too large, folders or no text', async () => {
    git('init', '--quiet')
    await write({ 'a.yaml': 'x'.repeat(2048), 'b/c': 'c', binary: '' })
    await writeFile('binary', Buffer.from([0xff, 0xfe]))
    commit('first')
    await write({ 'new.yaml': 'new' })
    const { files, has } = await openGitFiles('HEAD', env)

    expect(await files.read('new.yaml', 100)).toEqual({ failure: 'is not there' })
    const paths = ['a.yaml', 'b', 'new.yaml', 'b/new.yaml', '../x']
    expect(await Promise.all(paths.map(has))).toEqual([true, true, false, false, true])
    expect(await files.read('a.yaml', 1024)).toEqual({ failure: 'is larger than 1 KiB' })
    expect(await files.read('b', 100)).toEqual({ failure: 'is a directory' })
    expect(await files.read('binary', 100)).toEqual({ failure: 'is not UTF-8 text' })
    expect(await files.read('../x', 100)).toEqual({ failure: 'lies outside the git repository' })
    expect(await files.read('/etc/passwd', 100)).toEqual({
      failure: 'lies outside the git repository',
    })
    expect(await files.kind('-')).toMatchObject({
      failure: expect.stringContaining('-f') as string,
    })
    // A pattern is a name.
    expect(await files.read('*.yaml', 100)).toEqual({ failure: 'is not there' })
  })

  it('are no links, not in a folder either', async () => {
    git('init', '--quiet')
    await write({ 'prod/a.yaml': 'a' })
    await symlink('/etc/hostname', 'prod/link.yaml')
    await symlink('prod', 'other')
    commit('first')
    const { files } = await openGitFiles('HEAD', env)
    const refused = { failure: 'is a symbolic link, which is not followed' }

    expect(await files.read('prod/link.yaml', 100)).toEqual(refused)
    expect(await files.kind('other')).toEqual(refused)
    expect(await files.read('other/a.yaml', 100)).toEqual({
      failure: 'is behind the symbolic link other, which is not followed',
    })
    expect(await files.list('prod')).toEqual({ value: ['a.yaml'] })
  })

  it('are in no submodule', async () => {
    git('init', '--quiet')
    git('init', '--quiet', 'plugins/sub')
    process.chdir('plugins/sub')
    await write({ 'a.yaml': 'a' })
    commit('in the submodule')
    process.chdir(folder)
    commit('first')
    const { files } = await openGitFiles('HEAD', env)

    expect(await files.kind('plugins/sub')).toEqual({
      failure: 'is a submodule, which is not read',
    })
    expect(await files.read('plugins/sub/a.yaml', 100)).toEqual({
      failure: 'is in the submodule plugins/sub, which is not read',
    })
    expect(await files.read('plugins/b.yaml', 100)).toEqual({ failure: 'is not there' })
  })

  it('run nothing that the repository names', async () => {
    git('init', '--quiet')
    const marker = join(folder, 'ran')
    const run = `sh -c 'touch ${marker}; cat'`
    await write({ '.gitattributes': '* filter=x diff=x\n', 'a.yaml': 'a' })
    commit('first')
    for (const name of ['filter.x.smudge', 'diff.x.textconv', 'core.fsmonitor', 'core.pager']) {
      git('config', name, run)
    }
    const { files } = await openGitFiles('HEAD', env)

    expect(await files.read('a.yaml', 100)).toEqual({ value: 'a' })
    expect(existsSync(marker)).toBe(false)
  })

  it('are those of the commit, whatever a ref replaces', async () => {
    git('init', '--quiet')
    await write({ 'a.yaml': 'a' })
    const old = commit('first')
    await write({ 'a.yaml': 'forged' })
    commit('second')
    git('replace', `${old}:a.yaml`, 'HEAD:a.yaml')
    expect(git('cat-file', 'blob', `${old}:a.yaml`)).toBe('forged')

    const { files } = await openGitFiles(old, env)
    expect(await files.read('a.yaml', 100)).toEqual({ value: 'a' })
  })

  it('have the SHA-256 that Git LFS keeps for them', async () => {
    git('init', '--quiet')
    const sha256 = 'a'.repeat(64)
    await write({
      plugin: `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 12\n`,
    })
    commit('first')

    expect(await (await openGitFiles('HEAD', env)).files.sha256('plugin')).toEqual({
      value: sha256,
    })
  })
})

describe('a ref is refused', () => {
  it('outside of a repository, and where there is no git', async () => {
    expect(await refusal('main')).toMatchObject({ code: 'not-a-repository' })
    await expect(openGitFiles('main', { PATH: '/nonexistent' })).rejects.toMatchObject({
      code: 'no-git',
    })
  })

  it('of a repository that a folder of the branch forges', async () => {
    git('init', '--quiet', '--initial-branch=main')
    await write({ 'prod/a.yaml': 'a' })
    commit('first')
    git('init', '--quiet', '--bare', '--initial-branch=main', 'prod')
    process.chdir('prod')
    expect(git('rev-parse', '--is-bare-repository')).toBe('true')

    const error = await refusal('main')
    expect(error).toMatchObject({ code: 'not-a-repository' })
    expect(error.message).toContain('bare repository')
  })

  it('that names two, but not an id that a branch is called like', async () => {
    git('init', '--quiet', '--initial-branch=main')
    await write({ a: 'a' })
    const first = commit('first')
    git('update-ref', 'refs/remotes/origin/main', first)
    await write({ a: 'b' })
    const second = commit('second')
    git('tag', 'origin/main', second)
    for (const id of [first, second]) git('update-ref', `refs/heads/${id}`, second)

    expect(await refusal('origin/main')).toMatchObject({ code: 'ambiguous-ref' })
    expect((await openGitFiles('refs/remotes/origin/main', env)).commit).toBe(first)
    expect((await openGitFiles(first, env)).commit).toBe(first)
    expect((await openGitFiles(`${second}~1`, env)).commit).toBe(first)
  })

  it('that is not there, or is an option', async () => {
    git('init', '--quiet')
    await write({ a: 'a' })
    commit('first')

    const hostile = [
      '--upload-pack=touch ran',
      'HEAD; touch ran',
      '$(touch ran)',
      'HEAD\ntouch ran',
    ]
    for (const ref of ['nowhere', '--help', '', 'HEAD:a', 'HEAD~9', ...hostile]) {
      expect(await refusal(ref), ref).toMatchObject({ code: 'no-ref' })
    }
    expect(existsSync('ran')).toBe(false)
  })

  it('in a shallow clone, and how to fetch it is told', async () => {
    git('init', '--quiet', '--initial-branch=main', 'origin')
    process.chdir('origin')
    await write({ a: 'a' })
    const first = commit('first')
    await write({ a: 'b' })
    commit('second')
    process.chdir('..')
    git('clone', '--quiet', '--depth=1', `file://${folder}/origin`, 'clone')
    process.chdir('clone')

    const error = await refusal(first)
    expect(error.message).toContain('in this shallow clone')
    expect(error.hint).toContain('fetch-depth: 0')
    expect((await openGitFiles('origin/main', env)).commit).toBe(git('rev-parse', 'HEAD'))
  })
})
