/** A namespace is made between a plan and its apply: on OpenBao, what was harmless is not any more. */
import { expect, test } from 'vitest'
import { ROOT_NAMESPACE, UNVERSIONED } from '../../src/domain/names.ts'
import { mountPath, version } from '../builders/live.ts'
import { desiredPlugin, desiredVersion } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import { applyOn, makeTwin, planOn } from '../property/drive-twin.ts'
import type { Deed } from '../property/deeds.ts'
import { MADE_UP, NESTED, usualBinary } from '../property/palette.ts'

const JWT = MADE_UP.plugins.find(({ id }) => id === 'auth/jwt')!
const V1 = version('v1.0.0')
const binary = usualBinary(JWT, V1)
const mount = { path: mountPath('auth/ci/'), namespace: ROOT_NAMESPACE }
const register: Deed = { do: 'register', plugin: JWT.id, version: V1, binary, args: [] }

const moves = [
  { name: 'that tunes to a builtin’s version', from: V1, to: 'builtin' },
  { name: 'whose failed step would', from: UNVERSIONED, to: V1 },
] as const

test.each(moves)('a plan $name is stale then, and changes nothing', async ({ from, to }) => {
  const enable: Deed = { do: 'enable', mount, plugin: JWT.id, version: from }
  const deeds = from === V1 ? [register, enable] : [enable]
  const twin = makeTwin({ product: 'openbao', nodes: 3, rootOnly: true, deeds })
  const versions = [desiredVersion(JWT.id, V1, binary)]
  const plugin = desiredPlugin(JWT.id, { overridesBuiltin: true, use: to, versions })
  const { plan } = await planOn(twin, desiredState({ plugins: [plugin] }))
  expect(plan.steps.map(({ action }) => action.kind)).toContain('tune')
  const request = {
    method: 'POST',
    path: `sys/namespaces/${NESTED.slice(0, -1)}`,
    body: {},
  } as const
  twin.send(twin.active()!, { ...request, namespace: ROOT_NAMESPACE, forwarding: true })

  const { outcome, writes } = await applyOn(twin, plan)

  expect(outcome.kind).toBe('stale')
  expect(JSON.stringify(outcome)).toContain('"field":"namespaces","expected":"none","found":"ns1/"')
  expect(writes).toEqual([])
})
