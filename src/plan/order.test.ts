import { expect, test } from 'vitest'
import { step } from '../../test/builders/plan.ts'
import { plugin, version } from '../../test/builders/live.ts'
import { besideEachOther, type Block, oneByOne, orderSteps } from './order.ts'

function named(...ids: string[]): Block {
  const action = {
    kind: 'deregister' as const,
    plugin: plugin('secret/kv'),
    version: version('v1.0.0'),
  }
  return ids.map((id) => {
    const { after: _after, ...rest } = step(id, action, 'retired')
    return rest
  })
}

function afterOf(blocks: readonly Block[]) {
  return orderSteps(blocks).map(({ id, after }) => [id, after])
}

test('steps of one block wait for all of the block before, and not for each other', () => {
  expect(afterOf([named('r'), named('a', 'b'), [], named('x'), named('y')])).toEqual([
    ['r', []],
    ['a', ['r']],
    ['b', ['r']],
    ['x', ['a', 'b']],
    ['y', ['x']],
  ])
})

test('between two wide blocks one step goes alone, so that `after` stays short', () => {
  expect(afterOf([named('r', 's'), named('a', 'b', 'c'), named('d', 'e')])).toEqual([
    ['r', []],
    ['s', []],
    ['a', ['r', 's']],
    ['b', ['a']],
    ['c', ['a']],
    ['d', ['b', 'c']],
    ['e', ['d']],
  ])
})

test('lists of blocks go beside each other, block by block', () => {
  const lists = [oneByOne(named('a', 'b')), [named('c', 'd')], []]

  expect(besideEachOther(lists).map((block) => block.map(({ id }) => id))).toEqual([
    ['a', 'c', 'd'],
    ['b'],
  ])
})
