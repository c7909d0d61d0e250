/**
 * Invalid input: every command says where the mistake is and what it is, exits 1, and asks no
 * server.
 */
import { expect, it } from 'vitest'
import { startListener } from './listener.ts'
import { runLockstep } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

const sha256 = 'ab'.repeat(32)
const good = withVersion('v0.21.0', `{ command: kv, sha256: ${sha256} }`)

interface BadInput {
  readonly what: string
  readonly files: Readonly<Record<string, string>>
  /** The paths of `-f`; `lockstep.yaml` if not given. */
  readonly given?: readonly string[]
  /** How the message begins. */
  readonly message: string
}

const inputs: readonly BadInput[] = [
  {
    what: 'malformed YAML',
    files: { 'lockstep.yaml': 'version: 1\nplugins:\n  secret/kv: {use: v1.0.0\n' },
    message: 'lockstep.yaml:3:14: this { is not closed',
  },
  {
    what: 'an unknown key',
    files: { 'lockstep.yaml': 'version: 1\nplugin:\n  secret/my-kv: {}\n' },
    message: 'lockstep.yaml:2:1: unknown key plugin\n    did you mean plugins?',
  },
  {
    what: 'a wrong type',
    files: { 'lockstep.yaml': 'version: 1\nplugins:\n  secret/my-kv: { retire: v1.0.0 }\n' },
    message: 'lockstep.yaml:3:27: retire must be a list',
  },
  {
    what: 'a version that is not among versions',
    files: { 'lockstep.yaml': good.replace('use: v0.21.0', 'use: v0.22.0') },
    message:
      'lockstep.yaml:4:10: use: v0.22.0 is not among the versions of secret/my-kv\n    listed: v0.21.0; to use another,',
  },
  {
    what: 'a SHA-256 of the wrong length',
    files: { 'lockstep.yaml': good.replace(sha256, sha256.slice(1)) },
    message: 'lockstep.yaml:6:39: sha256 has 63 characters; it needs 64 hex digits',
  },
  {
    what: "a sums file without the command's line",
    files: {
      'lockstep.yaml': withVersion('v0.21.0', '{ command: kv, sha256: { sums: SUMS } }'),
      SUMS: `${sha256}  another\n`,
    },
    message: 'lockstep.yaml:6:47: SUMS lists no checksum for kv\n    it lists another',
  },
  {
    what: 'two files that name one plugin',
    files: { 'a.yaml': good, 'b.yaml': good },
    given: ['a.yaml', 'b.yaml'],
    message: 'b.yaml:3:3: plugin secret/my-kv is given twice, first at a.yaml:3:3',
  },
  {
    what: 'a mount without its plugin',
    files: { 'lockstep.yaml': 'version: 1\nmounts:\n  team-a/: { use: v1.0.0 }\n' },
    message: 'lockstep.yaml:3:3: plugin is missing from team-a/',
  },
  {
    what: 'a mount whose plugin is not listed',
    files: { 'lockstep.yaml': 'version: 1\nmounts:\n  team-a/: { plugin: secret/my-kv }\n' },
    message: 'lockstep.yaml:3:22: secret/my-kv is not listed under plugins',
  },
  {
    what: 'an empty file',
    files: { 'lockstep.yaml': '' },
    message: 'lockstep.yaml:1:1: the file is empty',
  },
  {
    what: 'a directory without YAML',
    files: { 'prod/notes.txt': 'nothing here' },
    given: ['prod'],
    message: 'prod: there is no *.yaml or *.yml file in this directory',
  },
  {
    what: 'a file that is not there',
    files: {},
    given: ['nowhere.yaml'],
    message: 'nowhere.yaml: is not there',
  },
  {
    what: 'no file at all',
    files: {},
    given: [],
    message:
      'no file was given, and there is no lockstep.yaml here\n    Name a file or a directory with -f',
  },
  {
    what: 'a megabyte of nested anchors',
    files: { 'lockstep.yaml': nestedAnchors(1_000_000) },
    message: 'lockstep.yaml:2:4: YAML anchors (&name) are not accepted',
  },
]

const commands = [['validate'], ['plan'], ['apply', '--auto-approve']] as const

it.each(inputs)('$what', async ({ files, given = ['lockstep.yaml'], message }) => {
  await using listener = await startListener()
  await using folder = await makeScratchFolder(files)

  for (const command of commands) {
    const args = [...command, ...given.flatMap((path) => ['-f', path])]
    const run = await runLockstep(args, {
      cwd: folder.path,
      env: { BAO_ADDR: listener.address, BAO_TOKEN: 'hvs.unsent' },
    })

    expect(run, args.join(' ')).toMatchObject({ exitCode: 1, stdout: '', journal: '' })
    expect(run.stderr.replace(/^Error: /, '').startsWith(message), run.stderr).toBe(true)
  }
  expect(listener.connections()).toBe(0)
})

it('asks the server if the file is valid, for comparison', async () => {
  await using listener = await startListener()
  await using folder = await makeScratchFolder({ 'lockstep.yaml': good })

  const run = await runLockstep(['plan'], {
    cwd: folder.path,
    env: { BAO_ADDR: listener.address, BAO_TOKEN: 'hvs.sent' },
  })

  expect(run.exitCode).toBe(1)
  expect(listener.connections()).toBeGreaterThan(0)
})

it('reports all mistakes of several files, in the order of the files', async () => {
  await using folder = await makeScratchFolder({
    'a.yaml': 'version: 1\nplugin: {}\n',
    'b.yaml': 'version: 2\nmounts: []\n',
  })

  const run = await runLockstep(['validate', '-f', 'a.yaml', '-f', 'b.yaml'], { cwd: folder.path })

  const places = run.stderr.split('\n').flatMap((line) => /^[ab]\.yaml:\d+:\d+/.exec(line) ?? [])
  expect(places).toEqual(['a.yaml:2:1', 'b.yaml:1:10', 'b.yaml:2:9'])
})

function withVersion(version: string, binary: string): string {
  const lines = ['version: 1', 'plugins:', '  secret/my-kv:', `    use: ${version}`]
  return [...lines, '    versions:', `      ${version}: ${binary}`, ''].join('\n')
}

/**
 * Each level is three times as large as the one before: expanded, it would not fit into any
 * machine.
 */
function nestedAnchors(length: number): string {
  let text = 'version: 1\na: &a0 [x]\n'
  for (let level = 1; text.length < length; level += 1) {
    const before = `*a${String(level - 1)}`
    text += `a${String(level)}: &a${String(level)} [${before}, ${before}, ${before}]\n`
  }
  return text.slice(0, text.lastIndexOf('\n', length - 1) + 1)
}
