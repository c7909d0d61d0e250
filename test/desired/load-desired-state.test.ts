import { mkdir, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { expect, test } from 'vitest'
import { loadDesiredState } from '../../src/desired/load-desired-state.ts'
import { createFolder, DIGEST, OTHER_DIGEST, problemsOf, withPlugin } from './desired-folder.ts'

const EVERYTHING = `version: 1
cluster:
  name: prod
  address: https://vault.example.com:8200/
  nodes: [https://b:8200, http://a:8200]
  binary_check: [ssh, "{host}", sha256sum, "/opt/{command}"]
  lock: { kv: secret/lockstep }
plugins:
  secret/kv:
    use: 0.21.0
    versions:
      v0.21.0:
        command: kv-21
        sha256: ${DIGEST.toUpperCase()}
        args: [--z, --a]
        env: { Z: "", A: { from: B } }
        data: { upgrade_from: ">=0.16.0", downgrade_to: ">=0.20.0" }
      0.16.2: { command: kv-16, sha256: ${OTHER_DIGEST} }
      unversioned: { command: kv-16, sha256: ${OTHER_DIGEST} }
    retire: [v0.2.0, unversioned, 0.1.0]
  auth/jwt:
    overrides: builtin
    use: builtin
  database/redis: { use: unversioned, versions: { unversioned: { command: redis, sha256: ${DIGEST} } } }
mounts:
  team-b: { plugin: secret/kv, use: v0.16.2, because: later }
  team-a/: { plugin: secret/kv, canary: true, verify: [{ read: config }, { run: [check, "{mount}"] }] }
  ns1/auth/jwt: { plugin: auth/jwt, use: builtin, enable: true }
  auth/jwt/: { plugin: auth/jwt }
connections:
  db/config/b: { plugin: database/redis, use: builtin }
  db/config/a: { plugin: database/redis }
allow:
  - { rule: r, subject: s, because: b, until: 2028-02-29 }
ignore:
  - { class: c, subject: s, because: b }
`

test('reads, normalises and sorts everything that can be written', async () => {
  const folder = await createFolder({ 'a.yaml': EVERYTHING })
  const file = folder.path('a.yaml')
  const at = (line: number, column: number) => ({ file, line, column })

  const state = await folder.load()

  expect(state).toEqual({
    cluster: {
      name: { value: 'prod', source: at(3, 9) },
      address: { value: 'https://vault.example.com:8200', source: at(4, 12) },
      nodes: ['https://b:8200', 'http://a:8200'],
      binaryCheck: {
        command: ['ssh', '{host}', 'sha256sum', '/opt/{command}'],
        source: at(6, 17),
      },
      lock: { kv: 'secret/lockstep', source: at(7, 9) },
    },
    plugins: [
      {
        id: 'auth/jwt',
        use: { value: { kind: 'builtin' }, source: at(23, 10) },
        overridesBuiltin: true,
        versions: [],
        retire: [],
        source: at(21, 3),
      },
      {
        id: 'database/redis',
        use: { value: { kind: 'unversioned' }, source: at(24, 26) },
        overridesBuiltin: false,
        versions: [
          {
            version: '',
            command: 'redis',
            sha256: DIGEST,
            args: [],
            env: [],
            data: {},
            source: at(24, 51),
          },
        ],
        retire: [],
        source: at(24, 3),
      },
      {
        id: 'secret/kv',
        use: { value: { kind: 'version', version: 'v0.21.0' }, source: at(10, 10) },
        overridesBuiltin: false,
        versions: [
          {
            version: '',
            command: 'kv-16',
            sha256: OTHER_DIGEST,
            args: [],
            env: [],
            data: {},
            source: at(19, 7),
          },
          {
            version: 'v0.16.2',
            command: 'kv-16',
            sha256: OTHER_DIGEST,
            args: [],
            env: [],
            data: {},
            source: at(18, 7),
          },
          {
            version: 'v0.21.0',
            command: 'kv-21',
            sha256: DIGEST,
            args: ['--z', '--a'],
            env: [
              { name: 'A', from: 'B' },
              { name: 'Z', value: '' },
            ],
            data: { upgradeFrom: '>=0.16.0', downgradeTo: '>=0.20.0' },
            source: at(12, 7),
          },
        ],
        retire: [
          { version: '', source: at(20, 22) },
          { version: 'v0.1.0', source: at(20, 35) },
          { version: 'v0.2.0', source: at(20, 14) },
        ],
        source: at(9, 3),
      },
    ],
    mounts: [
      {
        path: 'auth/jwt/',
        plugin: 'auth/jwt',
        canary: false,
        enable: false,
        verify: [],
        source: at(29, 3),
      },
      {
        path: 'ns1/auth/jwt/',
        plugin: 'auth/jwt',
        use: { value: { kind: 'builtin' }, source: at(28, 42) },
        canary: false,
        enable: true,
        verify: [],
        source: at(28, 3),
      },
      {
        path: 'team-a/',
        plugin: 'secret/kv',
        canary: true,
        enable: false,
        verify: [
          { kind: 'read', path: 'config' },
          { kind: 'run', command: ['check', '{mount}'] },
        ],
        source: at(27, 3),
      },
      {
        path: 'team-b/',
        plugin: 'secret/kv',
        use: { value: { kind: 'version', version: 'v0.16.2' }, source: at(26, 37) },
        canary: false,
        enable: false,
        verify: [],
        because: 'later',
        source: at(26, 3),
      },
    ],
    connections: [
      { path: 'db/config/a', plugin: 'database/redis', source: at(32, 3) },
      {
        path: 'db/config/b',
        plugin: 'database/redis',
        use: { value: { kind: 'builtin' }, source: at(31, 47) },
        source: at(31, 3),
      },
    ],
    allow: [{ rule: 'r', subject: 's', because: 'b', until: '2028-02-29', source: at(34, 5) }],
    ignore: [{ class: 'c', subject: 's', because: 'b', source: at(36, 5) }],
  })
})

test('a file with only a version asks for nothing', async () => {
  const folder = await createFolder({ 'a.yaml': '\uFEFFversion: 1\r\nplugins: {}\r\n' })

  const state = await folder.load()

  expect(state).toEqual({
    cluster: {},
    plugins: [],
    mounts: [],
    connections: [],
    allow: [],
    ignore: [],
  })
})

test('merges several files to one state, in any order', async () => {
  const folder = await createFolder({
    'mounts.yaml':
      'version: 1\ncluster: { name: prod }\nmounts: { a: { plugin: secret/kv } }\nallow: [{ rule: r, subject: s, because: second }]\n',
    'plugins.yml': withPlugin(
      'cluster: { address: https://v }\nallow: [{ rule: r, subject: s, because: first }]\n',
    ),
  })

  const state = await folder.load(['plugins.yml', 'mounts.yaml'])

  expect(state.cluster).toMatchObject({ name: { value: 'prod' }, address: { value: 'https://v' } })
  expect(state.mounts.map(({ path }) => path)).toEqual(['a/'])
  expect(state.allow.map(({ because }) => because)).toEqual(['first', 'second'])
})

test('refuses one key in two files and names both places', async () => {
  const first = withPlugin(
    'cluster: { name: a }\nmounts: { a: { plugin: secret/kv } }\nconnections: { d/config/a: { plugin: database/d } }\n',
  ).replace('plugins:', 'plugins:\n  database/d: {}')
  const folder = await createFolder({
    'a.yaml': first,
    'b.yaml':
      'version: 1\ncluster: { name: a }\nplugins: { secret/kv: {} }\nmounts: { a/: { plugin: secret/kv } }\nconnections: { d/config/a: { plugin: database/d } }\n',
  })

  expect(await folder.problems(['a.yaml', 'b.yaml'])).toEqual([
    'b.yaml:2:12: cluster name is given twice, first at a.yaml:8:12',
    'b.yaml:3:12: plugin secret/kv is given twice, first at a.yaml:4:3',
    'b.yaml:4:11: mount a/ is given twice, first at a.yaml:9:11',
    'b.yaml:5:16: connection d/config/a is given twice, first at a.yaml:10:16',
  ])
})

test('refuses one file name with two hashes in two files and names both places', async () => {
  const folder = await createFolder({
    'a.yaml': withPlugin(),
    'b.yaml': withPlugin('', 'secret/other').replace(DIGEST, OTHER_DIGEST),
  })

  expect(await folder.problems(['a.yaml', 'b.yaml'])).toEqual([
    'b.yaml:6:39: kv has another SHA-256 here (bbbbbbbbbbbb…) than aaaaaaaaaaaa… at a.yaml:6:39\n    one file in the plugin directory has one hash: give each version its own file',
  ])
})

test('reads the *.yaml and *.yml files of a directory in the order of their names', async () => {
  const note = (because: string) =>
    `version: 1\nallow: [{ rule: r, subject: s, because: ${because} }]\n`
  const folder = await createFolder({
    'state/b.yaml': note('b'),
    'state/a.yml': note('a'),
    'state/.hidden.yaml': 'no',
    'state/read.me': 'no',
    'state/below/c.yaml': 'no',
  })
  await mkdir(folder.path('state/folder.yaml'))

  const state = await folder.load(['state/'])

  expect(state.allow.map(({ because, source }) => [because, source?.file])).toEqual([
    ['a', folder.path('state/a.yml')],
    ['b', folder.path('state/b.yaml')],
  ])
})

test('gives places with the path as it was given', async () => {
  const folder = await createFolder({ 'a.yaml': withPlugin() })
  const given = relative(process.cwd(), folder.path())

  const byFolder = await loadDesiredState([given])
  const byFile = await loadDesiredState([`${given}/./a.yaml`])

  expect(byFolder.plugins[0]?.source.file).toBe(`${given}/a.yaml`)
  expect(byFile.plugins[0]?.source.file).toBe(`${given}/./a.yaml`)
})

test('reports files that cannot be read first, and still checks the others', async () => {
  const folder = await createFolder({
    'a.yaml': 'version: 1\nmounts: { a: { plugin: secret/kv, canary: 1 } }\n',
    'latin.yaml': new Uint8Array([0x76, 0xe9]),
    'empty/note.txt': '',
  })
  await writeFile(folder.path('large.yaml'), ' '.repeat(1024 * 1024 + 1))

  const problems = await folder.problems([
    'none.yaml',
    'empty',
    'a.yaml',
    './a.yaml',
    'latin.yaml',
    'large.yaml',
  ])

  expect([...problems].sort()).toEqual([
    'a.yaml: is given twice, first as a.yaml',
    'a.yaml:2:43: canary must be true or false, not a number',
    'empty: there is no *.yaml or *.yml file in this directory\n    subfolders are not read: name each',
    'large.yaml: is larger than 1024 KiB',
    'latin.yaml: is not UTF-8 text',
    'none.yaml: is not there',
  ])
})

test('refuses an empty list of files', async () => {
  expect(await problemsOf(loadDesiredState([]))).toEqual([{ message: 'no file was given' }])
})
