import { describe, expect, it } from 'vitest'
import { nodeAddress } from '../../test/builders/live.ts'
import type { Change } from '../documents/plan.generated.ts'
import { describeField, groupChanges } from './change-groups.ts'

const NODES = [1, 2, 3].map(nodeAddress)

const change = (subject: string, overrides: Partial<Change> = {}): Change => ({
  subject,
  kind: 'mount',
  action: 'change',
  fields: [
    { name: 'version', from: 'v1.0.0', to: 'v1.1.0' },
    ...NODES.map((node) => ({ name: 'running', node, from: 'old', to: 'new' })),
  ],
  why: 'why',
  ...overrides,
})

describe('groupChanges', () => {
  it('shows the same change of all nodes on one line', () => {
    const [group] = groupChanges([change('a/')], { detail: false })

    expect(group?.fields).toEqual([
      { name: 'version', from: 'v1.0.0', to: 'v1.1.0' },
      { name: 'running', from: 'old', to: 'new', scope: 'on 3 nodes' },
    ])
  })

  it('names each node if one of them has another change', () => {
    const fields = [
      { name: 'running', node: nodeAddress(1), from: 'old', to: 'new' },
      { name: 'running', node: nodeAddress(2), from: 'down', to: 'new' },
    ]

    const [group] = groupChanges([change('a/', { fields })], { detail: false })

    expect(group?.fields).toEqual([
      { name: `running on ${nodeAddress(1)}`, from: 'old', to: 'new' },
      { name: `running on ${nodeAddress(2)}`, from: 'down', to: 'new' },
    ])
  })

  it('leaves out what stays as it is, also a node', () => {
    const fields = [
      { name: 'command', from: 'same', to: 'same' },
      { name: 'running', node: nodeAddress(1), from: 'new', to: 'new' },
      { name: 'running', node: nodeAddress(2), from: 'old', to: 'new' },
      { name: 'running', node: nodeAddress(3), from: 'old', to: 'new' },
    ]

    const [group] = groupChanges([change('a/', { fields })], { detail: false })

    expect(group?.fields).toEqual([
      { name: 'running', from: 'old', to: 'new', scope: 'on 2 nodes' },
    ])
  })

  it('groups mounts with the same change if there are many', () => {
    const few = ['a/', 'b/', 'c/'].map((path) => change(path))
    const many = [...few, change('d/')]

    expect(groupChanges(few, { detail: false }).map(({ subjects }) => subjects)).toEqual([
      ['a/'],
      ['b/'],
      ['c/'],
    ])
    expect(groupChanges(many, { detail: false }).map(({ subjects }) => subjects)).toEqual([
      ['a/', 'b/', 'c/', 'd/'],
    ])
  })

  it('separates mounts with other changes, in the order of the plan', () => {
    const changes = [
      change('x/', { why: 'first' }),
      ...['a/', 'b/', 'c/', 'd/'].map((path) => change(path)),
      change('z/', { action: 'add' }),
    ]

    const groups = groupChanges(changes, { detail: false })

    expect(groups.map(({ subjects }) => subjects[0])).toEqual(['x/', 'a/', 'z/'])
  })

  it('groups nothing with `detail`', () => {
    const changes = ['a/', 'b/', 'c/', 'd/'].map((path) => change(path))

    const groups = groupChanges(changes, { detail: true })

    expect(groups).toHaveLength(4)
    expect(groups[0]?.fields.map(({ name }) => name)).toEqual([
      'version',
      ...NODES.map((node) => `running on ${node}`),
    ])
  })
})

it('compares arguments one by one', () => {
  const field = { name: 'args', from: '--log-json -v', to: '--log-json --trace' }

  expect(describeField(field, 'change', { detail: false })).toBe('--log-json [--v-] {+--trace+}')
})
