import { expect, test } from 'vitest'
import { builtinEntry, plugin, version } from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import type { LiveState } from '../../domain/live.ts'
import type { Namespace } from '../../domain/names.ts'
import { builtinVersionWithNamespaces } from './builtin-version-with-namespaces.ts'

const JWT = 'auth/jwt'
const BUILTIN = 'v2.7.2+builtin.bao'
const catalog = [builtinEntry(plugin(JWT), version(BUILTIN)), entryOf(JWT, 'v0.26.1')]
const nested = ['', 'ns1/'] as Namespace[]

function judge(use: string, configured: string, live: Partial<LiveState>) {
  const versions = use === 'builtin' ? [] : [use]
  return builtinVersionWithNamespaces.judge(
    safetyInput({
      desired: { plugins: [desiredPlugin(JWT, { use, versions })] },
      live: { catalog, mounts: [mountOf('auth/jwt/', JWT, configured)], ...live },
    }),
  )
}

test('refuses to tune a mount to a builtin’s version if there are namespaces', () => {
  expect(only(judge('builtin', 'v0.26.1', { namespaces: nested }))).toMatchObject({
    subject: JWT,
    message: `auth/jwt/ would be tuned to ${BUILTIN}, and there is a namespace (ns1/): at the next change of leader OpenBao writes the mounts of namespaces twice, and after a second change no node can lead.`,
    mounts: ['auth/jwt/'],
  })
})

test('refuses it if it is unknown whether there are namespaces', () => {
  const unreadable = [
    { what: 'namespaces', path: 'sys/namespaces', reason: 'permission denied' },
  ] as const

  expect(only(judge('builtin', 'v0.26.1', { unreadable }))).toMatchObject({
    message: expect.stringContaining(
      'there may be namespaces (they could not be listed)',
    ) as string,
    fix: expect.stringContaining('sys/namespaces') as string,
  })
})

test('accepts it if there are no namespaces, and on Vault', () => {
  expect(judge('builtin', 'v0.26.1', {})).toEqual([])
  expect(judge('builtin', 'v0.26.1', { namespaces: nested, product: 'vault' })).toEqual([])
})

test('warns of a mount that is configured for a builtin’s version', () => {
  expect(only(judge('builtin', BUILTIN, { namespaces: nested }))).toMatchObject({
    severity: 'warning',
    subject: 'auth/jwt/',
    mounts: ['auth/jwt/'],
  })
})

test('warns of a mount that the plan changes, since a failed step is rolled back to the builtin’s version', () => {
  expect(only(judge('v0.26.1', BUILTIN, { namespaces: nested }))).toMatchObject({
    severity: 'warning',
    message: expect.stringContaining('The plan changes that') as string,
    fix: 'Apply the plan before the leader changes.',
  })
})

test('does not refuse a repeated tune for a node that missed it', () => {
  const [first, ...others] = mountOf('auth/jwt/', JWT, BUILTIN).nodes
  const nodes = [{ ...first!, configured_version: version('v0.26.1') }, ...others]
  const mounts = [{ ...mountOf('auth/jwt/', JWT, BUILTIN), nodes }]

  expect(only(judge('builtin', BUILTIN, { namespaces: nested, mounts }))).toMatchObject({
    severity: 'warning',
  })
})
