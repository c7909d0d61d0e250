import { describe, expect, it } from 'vitest'
import { mountPath, nodeAddress, plugin, version } from '../../../test/builders/live.ts'
import type { Action, CheckAction, Step } from '../../documents/plan.generated.ts'
import { LATEST, ROOT_NAMESPACE } from '../../domain/names.ts'
import { findFreeOrder, type OrderedMounts } from './free-order.ts'

const KV = plugin('secret/my-kv')
const OTHER = plugin('secret/other')
const NODE = nodeAddress(1)

const MOUNTS: OrderedMounts = {
  pluginOf: (path) => (path.startsWith('other') ? OTHER : KV),
  followsLatest: () => false,
}

function step(id: string, action: Action | CheckAction, after: readonly string[] = []): Step {
  const nothing = { requires: [], ensures: [], undo: [], restores: [], why: '' }
  return { id, group: id, after: [...after], action, ...nothing }
}

function register(of: string, id = KV): Action {
  const entry = { command: of, sha256: 'a'.repeat(64) as never, args: [] }
  return { kind: 'register', plugin: id, version: version(of), entry, env: [] }
}

function deregister(of: string): Action {
  return { kind: 'deregister', plugin: KV, version: version(of) }
}

function tune(path: string, to = 'v2.0.0'): Action {
  const at = { mount: mountPath(path), namespace: ROOT_NAMESPACE }
  return { kind: 'tune', ...at, version: to === LATEST ? LATEST : version(to) }
}

function reload(...paths: string[]): Action {
  return {
    kind: 'reload',
    node: NODE,
    namespace: ROOT_NAMESPACE,
    mounts: paths.map((path) => mountPath(path)),
  }
}

/** By the step's id: the steps that may come before or after it, and should not. */
function free(steps: readonly Step[], mounts: OrderedMounts = MOUNTS) {
  const found = [...findFreeOrder(steps, mounts)]
  return Object.fromEntries(found.map(([{ id }, faults]) => [id, faults.map(({ words }) => words)]))
}

describe('blocks', () => {
  it('may have one step each', () => {
    const steps = [
      step('register', register('v2.0.0')),
      step('tune', tune('a/'), ['register']),
      step('reload', reload('a/'), ['tune']),
    ]

    expect(free(steps)).toEqual({})
  })

  it('may have several steps that do not concern each other', () => {
    const steps = [
      step('register', register('v2.0.0')),
      step('a', tune('a/'), ['register']),
      step('b', tune('b/'), ['register']),
      step('reload', reload('a/', 'b/'), ['b', 'a']),
    ]

    expect(free(steps)).toEqual({})
  })

  it.each<[string, readonly string[]]>([
    ['does not wait at all', []],
    ['waits for a part of the block before', ['a']],
    ['waits for an earlier block only', ['register']],
    ['waits for a step that does not exist', ['a', 'x']],
  ])('must be complete: a step that %s is free', (_, after) => {
    const steps = [
      step('register', register('v2.0.0')),
      step('a', tune('a/'), ['register']),
      step('b', tune('b/'), ['register']),
      step('reload', reload('a/', 'b/'), after),
    ]

    expect(Object.keys(free(steps))).toContain('reload')
  })

  it('names the block that the step does not wait for', () => {
    const steps = [
      step('register', register('v2.0.0')),
      step('a', tune('a/'), ['register']),
      step('b', tune('b/'), ['register']),
      step('reload', reload('a/', 'b/'), ['a']),
    ]

    expect(free(steps)).toEqual({ reload: ['a', 'b'] })
  })
})

describe('steps beside each other', () => {
  /** What is free if these steps have the same `after`. */
  const beside = (
    actions: Readonly<Record<string, Action | CheckAction>>,
    mounts?: OrderedMounts,
  ) =>
    free(
      Object.entries(actions).map(([id, action]) => step(id, action)),
      mounts,
    )

  it.each<[string, Action | CheckAction]>([
    ['a reload', reload('b/')],
    [
      'a check',
      { kind: 'check', node: NODE, namespace: ROOT_NAMESPACE, mounts: [mountPath('b/')] },
    ],
    [
      'a mount that is made',
      {
        kind: 'enable',
        mount: mountPath('b/'),
        namespace: ROOT_NAMESPACE,
        plugin: KV,
        version: version('v1.0.0'),
      },
    ],
  ])('may not be %s', (_, action) => {
    expect(beside({ a: tune('a/'), b: action })).toEqual({ b: ['a'] })
  })

  it('may not tune the same mount', () => {
    expect(beside({ a: tune('a/'), b: tune('b/'), 'a again': tune('a/', 'v3.0.0') })).toEqual({
      'a again': ['a'],
    })
  })

  it('may not write the same entry', () => {
    expect(beside({ on: register('v2.0.0'), off: deregister('v2.0.0') })).toEqual({ off: ['on'] })
  })

  it('may register versions of one plugin, and of several', () => {
    expect(
      beside({ a: register('v2.0.0'), b: register('v3.0.0'), c: register('v2.0.0', OTHER) }),
    ).toEqual({})
  })

  it('may not register a version and tune a mount of the plugin', () => {
    expect(beside({ entry: register('v2.0.0'), tune: tune('a/') })).toEqual({ entry: ['tune'] })
    expect(beside({ entry: register('v2.0.0'), tune: tune('other/') })).toEqual({})
  })

  it('may not change two entries of a plugin if a mount follows latest', () => {
    const actions = { on: register('v2.0.0'), off: deregister('v1.0.0') }
    const bothFree = { on: ['off'], off: ['on'] }

    expect(beside(actions)).toEqual({})
    expect(beside(actions, { ...MOUNTS, followsLatest: (id) => id === KV })).toEqual(bothFree)
    expect(beside(actions, { ...MOUNTS, followsLatest: (id) => id === OTHER })).toEqual({})
  })

  it('counts a mount that the plan tunes to latest, before or later', () => {
    const steps = [
      step('on', register('v2.0.0')),
      step('off', deregister('v1.0.0')),
      step('follow', tune('a/', LATEST), ['on', 'off']),
    ]

    expect(free(steps)).toEqual({ on: ['off'], off: ['on'] })
  })
})
