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
  ['a closed namespace hides what is in it', 'team/kv/', 'namespaces', 'team/', true],
  ['and nothing beside it', 'teams/kv/', 'namespaces', 'team/', false],
  ['nor a mount of the root with a longer path', 'a/b/', 'namespaces', 'team/', false],
  ['a list of namespaces hides those below', 'a/b/', 'namespaces', 'sys/namespaces', true],
  ['and no mount of the root', 'b/', 'namespaces', 'sys/namespaces', false],
  ['nor an auth method of the root', 'auth/b/', 'namespaces', 'sys/namespaces', false],
  ['nor a namespace that was read', 'open/b/', 'namespaces', 'sys/namespaces', false],
  ['below a parent', 'up/a/b/', 'namespaces', 'up/sys/namespaces', true],
  ['beside a parent', 'down/a/b/', 'namespaces', 'up/sys/namespaces', false],
  ['mounts of a namespace', 'open/b/', 'mounts', 'open/sys/mounts', true],
  ['auth methods of a namespace', 'open/auth/b/', 'mounts', 'open/sys/auth', true],
  ['a namespace whose name ends like an API path', 'mysys/b/', 'mounts', 'mysys/sys/mounts', true],
  ['one mount that cannot be read hides no other', 'b/', 'mounts', 'a/', false],
  ['connections', 'db/config/a', 'connections', 'db/config', true],
  ['pins', 'db/config/a', 'pins', 'sys/plugins/pins', false],
] as const)('%s', (_, path, what, refused, expected) => {
  expect(isHidden(path, what, refused)).toBe(expected)
})
