/**
 * Reads files as they are at a git ref, without a checkout. Only git's own objects are read: no
 * hook, filter or textconv runs, and git gets no way to the network. A symbolic link is refused: its
 * target may be a file of this machine.
 */
import { createHash } from 'node:crypto'
import { join, relative, resolve, sep } from 'node:path'
import type { EnvironmentVariables } from '../../domain/environment-variables.ts'
import { LockstepError } from '../../domain/errors.ts'
import { parseSha256 } from '../../domain/names.ts'
import { type Files, type Result, STDIN } from './files.ts'

export interface GitFiles {
  readonly files: Files
  /** The id of the commit that the ref names. */
  readonly commit: string
  /** False if the ref has nothing at this path; true too for what cannot be read. */
  readonly has: (path: string) => Promise<boolean>
}

interface Entry {
  readonly mode: string
  readonly type: string
  readonly id: string
  readonly name: string
}

type Git = (...args: readonly string[]) => Promise<GitResult>

interface GitResult {
  readonly ok: boolean
  readonly stdout: Buffer
  /** The first line of stderr. */
  readonly problem: string
}

const NOT_THERE = 'is not there'

/** In bytes: the files of a plugin may be large, and are read whole. */
const LARGEST_BLOB = 1024 ** 3

/**
 * A folder of the branch can have the form of a bare repository, with commits of its author: git
 * would take that one. Of two refs with one short name, such as a tag `origin/main` beside the
 * branch, git takes the tag, and only warns.
 */
const SETTINGS = ['-c', 'safe.bareRepository=explicit', '-c', 'core.warnAmbiguousRefs=true']

/** Throws a LockstepError if this folder is in no git repository, or if the ref is not there. */
export async function openGitFiles(ref: string, env: EnvironmentVariables): Promise<GitFiles> {
  const git = createGit(env)
  const top = await git('rev-parse', '--show-prefix')
  if (!top.ok) throw noRepository(top.problem)
  const prefix = top.stdout.toString('utf8').replace(/\n$/, '')
  const found = await git('rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`)
  const commit = found.stdout.toString('utf8').trim()
  // A whole id is the id of a commit, whatever refs have this name.
  const isId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})(?:[~^]|$)/.test(ref)
  if (found.ok && found.problem.endsWith(' is ambiguous.') && !isId) {
    throw ambiguousRef(ref)
  }
  if (!found.ok || !/^[0-9a-f]{40,64}$/.test(commit)) throw await noRef(ref, git)

  const entryAt = (path: string): Promise<Result<Entry>> => findEntry(git, commit, { path, prefix })
  return {
    commit,
    has: async (path) => {
      const entry = await entryAt(path)
      return !('failure' in entry && entry.failure === NOT_THERE)
    },
    files: {
      kind: async (path) => {
        const entry = await entryAt(path)
        if ('failure' in entry) return entry
        return { value: entry.value.type === 'tree' ? 'directory' : 'file' }
      },
      list: async (directory) => {
        const entry = await entryAt(directory)
        if ('failure' in entry) return entry
        const tree = await git('ls-tree', '-z', '--full-tree', entry.value.id)
        return tree.ok
          ? {
              value: parseTree(tree.stdout)
                .filter(isFile)
                .map(({ name }) => name),
            }
          : { failure: `cannot be read from git (${tree.problem})` }
      },
      read: async (path, limit) => {
        const bytes = await readBlob(git, await entryAt(path), limit)
        if ('failure' in bytes) return bytes
        try {
          return { value: new TextDecoder('utf-8', { fatal: true }).decode(bytes.value) }
        } catch {
          return { failure: 'is not UTF-8 text' }
        }
      },
      sha256: async (path) => {
        const bytes = await readBlob(git, await entryAt(path), LARGEST_BLOB)
        if ('failure' in bytes) return bytes
        const value = parseSha256(
          hashOfPointer(bytes.value) ?? createHash('sha256').update(bytes.value).digest('hex'),
        )
        return value === undefined ? { failure: 'could not be hashed' } : { value }
      },
    },
  }
}

function createGit(all: EnvironmentVariables): Git {
  const passed = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR']
  const env = Object.fromEntries(
    Object.entries(all).filter(([name]) => passed.includes(name) || name.startsWith('GIT_CONFIG_')),
  )
  const settings = {
    LC_ALL: 'C',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    // A replacement (`refs/replace/`) gives an object other content than its id says.
    GIT_NO_REPLACE_OBJECTS: '1',
    // A partial clone would fetch what it lacks, with the programs that its settings name.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
  }
  return async (...args) => {
    const { execa } = await import('execa')
    const { failed, stdout, stderr, code } = await execa('git', [...SETTINGS, ...args], {
      env: { ...env, ...settings },
      extendEnv: false,
      stdin: 'ignore',
      encoding: 'buffer',
      reject: false,
      maxBuffer: LARGEST_BLOB + 1024,
      stripFinalNewline: false,
    })
    if (code === 'ENOENT') throw noGit()
    const [problem = ''] = Buffer.from(stderr).toString('utf8').split('\n')
    return { ok: !failed, stdout: Buffer.from(stdout), problem: problem || 'git failed' }
  }
}

async function findEntry(
  git: Git,
  commit: string,
  { path, prefix }: { readonly path: string; readonly prefix: string },
): Promise<Result<Entry>> {
  if (path === STDIN) return { failure: 'has no earlier version: give a file or a folder with -f' }
  // Both as the shell says them: neither is resolved, and git does not follow links either.
  const within = join(prefix, relative(resolve('.'), resolve(path))).replace(/\/+$/, '')
  if (within === '..' || within.startsWith(`..${sep}`)) {
    return { failure: 'lies outside the git repository' }
  }
  const isRoot = within === '.' || within === ''
  if (isRoot) return { value: { mode: '040000', type: 'tree', id: `${commit}:`, name: '' } }
  const tree = await git('ls-tree', '-z', '--full-tree', commit, '--', within)
  const entry = parseTree(tree.stdout).find(({ name }) => name === within)
  if (!tree.ok) return { failure: `cannot be read from git (${tree.problem})` }
  if (entry === undefined) return { failure: await whyNotThere(git, commit, within) }
  if (entry.mode === '120000') return { failure: 'is a symbolic link, which is not followed' }
  if (entry.type === 'commit') return { failure: 'is a submodule, which is not read' }
  return { value: entry }
}

/** A file in a submodule or behind a link may be on the disk, and in no tree of this repository. */
async function whyNotThere(git: Git, commit: string, path: string): Promise<string> {
  const parts = path.split(sep)
  const folders = parts.slice(1).map((_, at) => parts.slice(0, at + 1).join(sep))
  if (folders.length === 0) return NOT_THERE
  const tree = await git('ls-tree', '-z', '--full-tree', commit, '--', ...folders)
  for (const { name, mode, type } of parseTree(tree.stdout)) {
    if (type === 'commit') return `is in the submodule ${name}, which is not read`
    if (mode === '120000') return `is behind the symbolic link ${name}, which is not followed`
  }
  return NOT_THERE
}

/** Lines of `git ls-tree -z`: mode, type and id, a tab, the name. */
function parseTree(output: Buffer): readonly Entry[] {
  return output
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode, type, id, name] = /^(\d{6}) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
      return mode === undefined || type === undefined || id === undefined || name === undefined
        ? []
        : { mode, type, id, name }
    })
}

/** False for links, folders and submodules: in a folder they are left out, as on the disk. */
function isFile({ mode }: Entry): boolean {
  return mode.startsWith('100')
}

async function readBlob(git: Git, entry: Result<Entry>, limit: number): Promise<Result<Buffer>> {
  if ('failure' in entry) return entry
  const { id, type } = entry.value
  if (type !== 'blob') return { failure: 'is a directory' }
  const size = await git('cat-file', '-s', id)
  if (size.ok && Number(size.stdout.toString('utf8')) > limit) {
    return { failure: `is larger than ${limit / 1024} KiB` }
  }
  const blob = await git('cat-file', 'blob', id)
  return blob.ok ? { value: blob.stdout } : { failure: `cannot be read from git (${blob.problem})` }
}

/** Git LFS keeps a pointer in git, which holds the SHA-256 of the file. */
function hashOfPointer(bytes: Buffer): string | undefined {
  if (bytes.length > 1024) return undefined
  return /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n/.exec(
    bytes.toString('utf8'),
  )?.[1]
}

function noGit(): LockstepError {
  return new LockstepError({
    code: 'no-git',
    message: 'git is not on the PATH, and --against reads files at a git ref',
    hint: 'Install git, or leave out --against.',
  })
}

function noRepository(problem: string): LockstepError {
  const isUnsafe = problem.includes('dubious ownership')
  return new LockstepError({
    code: 'not-a-repository',
    message: isUnsafe
      ? 'git does not read this repository: another user owns its folder'
      : `--against needs a git repository, and this folder is in none (${problem})`,
    hint: isUnsafe
      ? 'If you trust it: git config --global --add safe.directory "$PWD"'
      : 'Run this in the clone that holds the files, or leave out --against.',
  })
}

function ambiguousRef(ref: string): LockstepError {
  return new LockstepError({
    code: 'ambiguous-ref',
    message: `--against ${ref}: this repository has several refs of this name, such as a branch and a tag`,
    hint: 'Give the full name of one of them: refs/heads/NAME, refs/tags/NAME or refs/remotes/origin/NAME. git show-ref lists them.',
  })
}

async function noRef(ref: string, git: Git): Promise<LockstepError> {
  const shallow = await git('rev-parse', '--is-shallow-repository')
  const isShallow = shallow.stdout.toString('utf8').trim() === 'true'
  return new LockstepError({
    code: 'no-ref',
    message: `--against ${ref === '' ? '""' : ref}: there is no such commit in this ${isShallow ? 'shallow clone' : 'repository'}`,
    hint: isShallow
      ? 'Fetch it: set fetch-depth: 0 for actions/checkout (GitLab: GIT_DEPTH: 0), or run git fetch --unshallow. A branch of the remote is origin/NAME.'
      : 'Run git fetch. A branch of the remote is origin/NAME; git branch --all lists them.',
  })
}
