import { expect, test } from 'vitest'
import { hidingPlaces } from './hidden-places.ts'
import type { Unreadable } from './live.ts'
import type { Namespace } from './names.ts'

const NAMESPACES = ['', 'open/'] as Namespace[]

function isHidden(path: string, what: Unreadable['what'], refused: string): boolean {
  const unreadable = [{ what, path: refused, reason: 'refused' }]
  return hidingPlaces(path, { unreadable, namespaces: NAMESPACES }).length > 0
}

test.each([
  [
    'a namespace that could not be read hides what is in it',
    'team/kv/',
    'namespaces',
    'team/',
    true,
  ],
  ['such a namespace hides nothing outside it', 'teams/kv/', 'namespaces', 'team/', false],
  [
    'such a namespace hides no mount of the root with a longer path',
    'a/b/',
    'namespaces',
    'team/',
    false,
  ],
  [
    'an unreadable list of namespaces hides what may be in them',
    'a/b/',
    'namespaces',
    'sys/namespaces',
    true,
  ],
  ['such a list hides no mount of the root', 'b/', 'namespaces', 'sys/namespaces', false],
  [
    'such a list hides no auth method of the root',
    'auth/b/',
    'namespaces',
    'sys/namespaces',
    false,
  ],
  [
    'such a list hides no namespace that was read',
    'open/b/',
    'namespaces',
    'sys/namespaces',
    false,
  ],
  [
    'such a list of a namespace hides what may be below that namespace',
    'up/a/b/',
    'namespaces',
    'up/sys/namespaces',
    true,
  ],
  [
    'such a list of a namespace hides nothing outside that namespace',
    'down/a/b/',
    'namespaces',
    'up/sys/namespaces',
    false,
  ],
  [
    'an unreadable list of mounts hides the mounts of its namespace',
    'open/b/',
    'mounts',
    'open/sys/mounts',
    true,
  ],
  [
    'an unreadable list of auth methods hides those of its namespace',
    'open/auth/b/',
    'mounts',
    'open/sys/auth',
    true,
  ],
  [
    'a namespace whose name ends like an API path is hidden, too',
    'mysys/b/',
    'mounts',
    'mysys/sys/mounts',
    true,
  ],
  ['one unreadable mount hides no other mount', 'b/', 'mounts', 'a/', false],
  ['an unreadable list of connections hides them', 'db/config/a', 'connections', 'db/config', true],
  ['unreadable pins hide nothing', 'db/config/a', 'pins', 'sys/plugins/pins', false],
] as const)('%s', (_, path, what, refused, expected) => {
  expect(isHidden(path, what, refused)).toBe(expected)
})
