import { expect, test } from 'vitest'
import { step } from '../../test/builders/plan.ts'
import { plugin, version } from '../../test/builders/live.ts'
import { mergeBlocks, type Block, sequentialBlocks, orderSteps } from './order.ts'

function blockOf(...ids: string[]): Block {
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

test('steps of one block wait for all steps of the previous block, and not for each other', () => {
  expect(afterOf([blockOf('r'), blockOf('a', 'b'), [], blockOf('x'), blockOf('y')])).toEqual([
    ['r', []],
    ['a', ['r']],
    ['b', ['r']],
    ['x', ['a', 'b']],
    ['y', ['x']],
  ])
})

test('between two wide blocks one step goes alone, so that `after` stays short', () => {
  expect(afterOf([blockOf('r', 's'), blockOf('a', 'b', 'c'), blockOf('d', 'e')])).toEqual([
    ['r', []],
    ['s', []],
    ['a', ['r', 's']],
    ['b', ['a']],
    ['c', ['a']],
    ['d', ['b', 'c']],
    ['e', ['d']],
  ])
})

test('lists of blocks are merged, block by block', () => {
  const lists = [sequentialBlocks(blockOf('a', 'b')), [blockOf('c', 'd')], []]

  expect(mergeBlocks(lists).map((block) => block.map(({ id }) => id))).toEqual([
    ['a', 'c', 'd'],
    ['b'],
  ])
})
