import { expect, it } from 'vitest'
import { mountPath, nodeAddress, plugin, version } from '../../../test/builders/live.ts'
import { step } from '../../../test/builders/plan.ts'
import type { Fact } from '../../documents/plan.generated.ts'
import { BUILTIN, type ConnectionPath, type Namespace, type Sha256 } from '../../domain/names.ts'
import { planUndo } from './plan-undo.ts'

const mount = mountPath('a/')
const namespace = '' as Namespace
const KV = plugin('secret/my-kv')

it('returns to what the first step found where two steps changed the same thing', () => {
  const first = { ...tune('v2.0.0'), restores: [configured('v1.0.0')] }
  const second = { ...tune('v3.0.0'), restores: [configured('v2.0.0')] }

  expect(planUndo([first, second]).restores).toEqual([configured('v1.0.0')])
})

it('takes configuration back newest first, then reloads each node once, in the order touched', () => {
  const [back1, back2] = [tune('v1.0.0').action, tune('v2.0.0').action]
  const [reload1, reload2] = [reload(1), reload(2)]

  const { actions } = planUndo([
    { ...tune('v2.0.0'), undo: [back1] },
    { ...tune('v3.0.0'), undo: [back2] },
    { ...reload1, undo: [reload1.action] },
    { ...reload2, undo: [back1, reload2.action, reload1.action] },
  ])

  expect(actions).toEqual([back1, back2, reload1.action, reload2.action])
})

it('deregisters an unversioned entry before it tunes a mount back to the builtin it hides', () => {
  const entry = { command: 'kv', sha256: 'a'.repeat(64) as Sha256, args: [] }
  const at = { plugin: KV, version: version('') }
  const deregister = { kind: 'deregister' as const, ...at }
  const back = tune('v1.20.0+builtin').action
  const register = step('register', { kind: 'register', ...at, entry, env: [] }, '')

  const { actions } = planUndo([
    { ...register, undo: [deregister] },
    { ...tune('v2.0.0'), undo: [back] },
  ])

  expect(actions).toEqual([deregister, back])
})

it('knows what a step without an undo found', () => {
  const at = { connection: 'db/config/orders' as ConnectionPath, namespace }
  const action = { kind: 'repoint' as const, ...at, version: version('v2.0.0') }
  const found: Fact = {
    fact: 'connection',
    ...at,
    plugin: plugin('database/redis'),
    version: version(''),
  }

  const { lasting } = planUndo([
    { ...step('repoint', action, ''), requires: [found] },
    { ...tune('v2.0.0'), requires: [configured('v1.0.0')], undo: [tune('v1.0.0').action] },
  ])

  expect(lasting).toEqual([found])
})

it('knows the entry that a registration without an undo replaced', () => {
  const entry = { command: 'kv', sha256: 'a'.repeat(64) as Sha256, args: [] }
  const at = { plugin: KV, version: version('') }
  const found: Fact = { fact: 'entry', ...at, entry }
  const action = { kind: 'register' as const, ...at, entry, env: [] }

  expect(planUndo([{ ...step('register', action, ''), requires: [found] }]).lasting).toEqual([
    found,
  ])
})

it('names the mounts that were reloaded and have nothing to return to', () => {
  const known: Fact = {
    fact: 'running',
    mount,
    namespace,
    node: nodeAddress(1),
    sha256: BUILTIN,
  }

  expect(planUndo([{ ...reload(1), restores: [known] }]).lost).toEqual([])
  expect(planUndo([{ ...reload(2), restores: [known] }]).lost).toEqual(['a/'])
})

function tune(to: string) {
  return step(`tune to ${to}`, { kind: 'tune', mount, namespace, version: version(to) }, '')
}

function reload(node: number) {
  const address = nodeAddress(node)
  return step(
    `reload on ${address}`,
    { kind: 'reload', node: address, namespace, mounts: [mount] },
    '',
  )
}

function configured(to: string): Fact {
  return { fact: 'mount', mount, namespace, plugin: KV, configured_version: version(to) }
}
