import { describe, expect, test } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import { createReader } from '../server/reader.ts'
import { DEEPEST, MOST_NAMESPACES, readNamespaces } from './namespaces.ts'

const NONE: ServerResponse = { status: 404, body: { errors: [] } }
const SEALED: ServerResponse = { status: 503, body: { errors: ['namespace is sealed'] } }

/** Reads the namespaces of a server that answers a list inside `parent` with these names. */
function readFrom(listed: (parent: string) => readonly string[] | ServerResponse) {
  const asked: string[] = []
  const send = (_node: string, { namespace }: { readonly namespace: string }) => {
    asked.push(namespace)
    const answer = listed(namespace)
    if ('status' in answer) return Promise.resolve(answer)
    return Promise.resolve(answer.length === 0 ? NONE : list(answer))
  }
  const reader = createReader({ transport: { send }, wait: () => Promise.resolve() })
  return { asked, read: readNamespaces(reader, nodeAddress(1)) }
}

function list(keys: readonly string[], key_info: object = {}): ServerResponse {
  return { status: 200, body: { data: { keys, key_info } } }
}

/** How many levels below the root a namespace is. */
function depthOf(namespace: string): number {
  return namespace.split('/').length - 1
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `n${at}/`)
}

describe('nested namespaces', () => {
  test('are read up to the allowed number of levels', async () => {
    const { asked, read } = readFrom((parent) => (depthOf(parent) < DEEPEST ? ['a/'] : []))

    expect((await read).namespaces).toHaveLength(DEEPEST + 1)
    expect(asked).toHaveLength(DEEPEST + 1)
  })

  test('without an end are an error, after a bounded number of requests', async () => {
    const { asked, read } = readFrom(() => ['a/'])

    await expect(read).rejects.toMatchObject({
      code: 'too-many-namespaces',
      exitCode: 1,
      message: `${nodeAddress(1)} lists namespaces more than ${DEEPEST} levels deep`,
    })
    expect(asked).toHaveLength(DEEPEST + 1)
  })
})

describe('namespaces of one level', () => {
  test('are read up to the allowed number', async () => {
    const { read } = readFrom((parent) => (parent === '' ? numbered(MOST_NAMESPACES - 1) : []))

    expect((await read).namespaces).toHaveLength(MOST_NAMESPACES)
  })

  test('above that number are an error, before any of them is asked', async () => {
    const { asked, read } = readFrom((parent) => (parent === '' ? numbered(MOST_NAMESPACES) : []))

    await expect(read).rejects.toMatchObject({
      code: 'too-many-namespaces',
      exitCode: 1,
      message: `${nodeAddress(1)} lists more than ${MOST_NAMESPACES} namespaces`,
    })
    expect(asked).toEqual([''])
  })

  test('above that number in all are an error, also if each list is short', async () => {
    const { asked, read } = readFrom((parent) => (depthOf(parent) < 3 ? numbered(30) : []))

    await expect(read).rejects.toMatchObject({ code: 'too-many-namespaces' })
    expect(asked.every((namespace) => depthOf(namespace) < 3)).toBe(true)
  })
})

describe('a namespace that is listed again', () => {
  test('in the same list is read once, at every level', async () => {
    const { asked, read } = readFrom((parent) => (depthOf(parent) < 12 ? ['a/', 'a/'] : []))

    expect((await read).namespaces).toHaveLength(13)
    expect(asked).toHaveLength(13)
  })

  test('as the root is not read again', async () => {
    const { asked, read } = readFrom((parent) => (parent === '' ? ['root/', 'a/'] : []))

    expect((await read).namespaces).toEqual(['', 'a/'])
    expect(asked).toEqual(['', 'a/'])
  })

  test.each([['/'], ['a//'], ['a/b/'], ['a'], ['']])(
    'as %j, which names no namespace, is reported and not read',
    async (name) => {
      const { asked, read } = readFrom(() => [name])

      const { namespaces, unreadable } = await read
      expect(namespaces).toEqual([''])
      expect(unreadable).toMatchObject([{ what: 'namespaces', path: 'sys/namespaces' }])
      expect(asked).toEqual([''])
    },
  )

  test.each([['../'], ['./']])('as %j is reported, and no request names it', async (name) => {
    const { asked, read } = readFrom(() => [name])

    const { unreadable } = await read
    expect(unreadable).toMatchObject([{ path: name, reason: 'no request can name it' }])
    expect(asked).toEqual([''])
  })
})

test('closed namespaces are reported with the reason, and do not count as read', async () => {
  const info = { 'locked/': { locked: true }, 'deleted/': { tainted: true } }
  const { asked, read } = readFrom((parent) => {
    if (parent === '') return list(['deleted/', 'locked/', 'open/', 'sealed/'], info)
    return parent === 'sealed/' ? SEALED : []
  })

  const { namespaces, unreadable } = await read
  expect(namespaces).toEqual(['', 'open/'])
  expect(unreadable.map(({ path, reason }) => [path, reason])).toEqual([
    ['deleted/', 'the namespace is deleted, or is being deleted'],
    ['locked/', 'the namespace is locked'],
    ['sealed/', 'the namespace is sealed'],
  ])
  expect(asked).toEqual(['', 'open/', 'sealed/'])
})
