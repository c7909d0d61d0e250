import { expect, test } from 'vitest'
import { builtinEntry, plugin, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { builtinOverridden } from './builtin-overridden.ts'

const JWT = 'auth/jwt'
const catalog = [builtinEntry(plugin(JWT), version('v2.7.2+builtin.bao'))]
const builtinMount = (path: string) => ({
  ...mountOf(path, JWT, 'v2.7.2+builtin.bao'),
  configured_version: version(''),
})

test('refuses a registration under a builtin’s name without `overrides: builtin`', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { versions: ['v0.26.1'] })] },
    live: { catalog },
  })

  const found = only(builtinOverridden.judge(input))

  expect(found.severity).toBeUndefined()
  expect(found.message).toContain('auth/jwt is compiled into the server')
})

test('accepts `use: builtin` without `overrides: builtin`', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(JWT, { use: 'builtin' })] },
    live: { catalog },
  })

  expect(builtinOverridden.judge(input)).toEqual([])
})

test('warns at a first unversioned override of every mount without a version', () => {
  const input = safetyInput({
    desired: {
      plugins: [
        desiredPlugin(JWT, {
          overridesBuiltin: true,
          use: 'unversioned',
          versions: ['unversioned'],
        }),
      ],
    },
    live: { catalog, mounts: [builtinMount('auth/a/'), builtinMount('auth/b/')] },
  })

  expect(only(builtinOverridden.judge(input))).toMatchObject({
    severity: 'warning',
    message:
      '2 mounts of auth/jwt without a version run the plugin registered in the builtin’s place from their next reload or restart: auth/a/ and auth/b/.',
    mounts: ['auth/a/', 'auth/b/'],
  })
})

test('notes at the first versioned override that mounts made later use it', () => {
  const parts = (found: ReturnType<typeof entryOf>[]) =>
    safetyInput({
      desired: {
        plugins: [desiredPlugin(JWT, { overridesBuiltin: true, versions: ['v0.25.0', 'v0.26.1'] })],
      },
      live: { catalog: [...catalog, ...found], mounts: [builtinMount('auth/a/')] },
    })

  expect(only(builtinOverridden.judge(parts([]))).severity).toBe('note')
  expect(builtinOverridden.judge(parts([entryOf(JWT, 'v0.25.0')]))).toEqual([])
})

test('refuses `overrides: builtin` if there is no builtin, unless an entry may hide one', () => {
  const KV = 'secret/my-kv'
  const desired = {
    plugins: [desiredPlugin(KV, { overridesBuiltin: true, versions: ['v0.21.0'] })],
  }

  const none = builtinOverridden.judge(safetyInput({ desired }))
  const hidden = builtinOverridden.judge(
    safetyInput({ desired, live: { catalog: [entryOf(KV, 'unversioned')] } }),
  )

  expect(only(none).message).toContain('the server has no builtin of that name')
  expect(hidden).toEqual([])
})

test('gives a note for a first override without mounts, or whose mounts all get a version', () => {
  const first = (use: string, mounts: ReturnType<typeof builtinMount>[]) =>
    only(
      builtinOverridden.judge(
        safetyInput({
          desired: {
            plugins: [
              desiredPlugin(JWT, {
                overridesBuiltin: true,
                use,
                versions: ['unversioned', 'v0.26.1'],
              }),
            ],
          },
          live: { catalog, mounts },
        }),
      ),
    )

  expect(first('unversioned', []).severity).toBe('note')
  expect(first('v0.26.1', [builtinMount('auth/a/')]).severity).toBe('note')
})

test('gives a note when an existing override is replaced, and lists only mounts without a version', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin(JWT, { overridesBuiltin: true, versions: ['unversioned'] })],
    },
    live: {
      catalog: [entryOf(JWT, 'unversioned', { args: ['--old'] })],
      mounts: [
        mountOf('auth/a/', JWT, 'unversioned'),
        mountOf('auth/b/', JWT, 'v2.7.2+builtin.bao'),
      ],
    },
  })

  expect(only(builtinOverridden.judge(input))).toMatchObject({
    severity: 'note',
    mounts: ['auth/a/'],
  })
})

test('finds nothing for other names, for names that cannot be overridden, and for plugins without versions', () => {
  const kv = builtinEntry(plugin('secret/kv'), version('v2.7.2+builtin.bao'))
  const plugins = [
    desiredPlugin('secret/my-kv', { versions: ['v0.21.0'] }),
    desiredPlugin('secret/kv', { versions: ['v0.21.0'] }),
    desiredPlugin(JWT, { overridesBuiltin: true }),
  ]

  expect(
    builtinOverridden.judge(
      safetyInput({ desired: { plugins }, live: { catalog: [...catalog, kv] } }),
    ),
  ).toEqual([])
})
