import { describe, expect, it } from 'vitest'
import { count } from '../domain/count.ts'
import { listSome, shortenHashes } from './wording.ts'

describe('listSome', () => {
  it('names every item of a short list', () => {
    expect(listSome(['a/', 'b/', 'c/', 'd/'], { all: false })).toBe('a/, b/, c/, d/')
  })

  it('names three of many items, or all of them with `all`', () => {
    const mounts = ['a/', 'b/', 'c/', 'd/', 'e/']

    expect(listSome(mounts, { all: false })).toBe('a/, b/, c/ and 2 more')
    expect(listSome(mounts, { all: true })).toBe('a/, b/, c/, d/, e/')
  })
})

describe('shortenHashes', () => {
  it('keeps twelve digits of each hash', () => {
    const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]

    expect(shortenHashes(`${a}, not ${b}`)).toBe('aaaaaaaaaaaa, not bbbbbbbbbbbb')
  })

  it('keeps texts that do not have 64 digits', () => {
    expect(shortenHashes('a'.repeat(65))).toBe('a'.repeat(65))
  })
})

describe('count', () => {
  it.each([
    [0, '0 nodes'],
    [1, '1 node'],
    [2, '2 nodes'],
  ])('says %i', (number, text) => {
    expect(count(number, 'node')).toBe(text)
  })
})
