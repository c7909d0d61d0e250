/** Where the values of a registration come from, and what becomes of a plan without them. */
import { expect, it } from 'vitest'
import { plan, step } from '../../test/builders/plan.ts'
import { plugin, sha256Of, version } from '../../test/builders/live.ts'
import type { RegisterAction } from '../documents/plan.generated.ts'
import { resolveEnvironment } from './environment.ts'

const [id, of] = [plugin('secret/my-kv'), version('v1.0.0')]
const entry = { command: 'kv', sha256: sha256Of(id, of), args: [] }
const registration = (name: string): RegisterAction => ({
  kind: 'register',
  plugin: id,
  version: of,
  entry,
  env: [{ name, from: name }],
})
const [after, before] = [registration('NEW'), registration('OLD')]
const changing = plan({
  steps: [{ ...step('register', after, 'changed'), undo: [before] }],
})
const from = (variables: Record<string, string>) => ({
  desired: undefined,
  variables,
  credentials: ['the-token'],
})

it('gives the older entry its own environment, not the newer one’s', () => {
  const environmentOf = resolveEnvironment(changing, from({ NEW: 'n', OLD: 'o' }))

  expect([after, before].map(environmentOf)).toEqual([['NEW=n'], ['OLD=o']])
})

it('does without what only an undo would need, and not without what a step needs', () => {
  expect(resolveEnvironment(changing, from({ NEW: 'n' }))(before)).toEqual([])
  expect(() => resolveEnvironment(changing, from({ OLD: 'o' }))).toThrow(
    expect.objectContaining({ details: [expect.stringContaining('needs NEW')] }),
  )
})

it('gives the token to no plugin, whatever its variable is called, and not in an undo either', () => {
  expect(() => resolveEnvironment(changing, from({ NEW: 'the-token\n', OLD: 'o' }))).toThrow(
    expect.objectContaining({
      code: 'token-for-plugin',
      exitCode: 3,
      details: ['secret/my-kv v1.0.0 gets the token as NEW from the variable NEW'],
    }),
  )
  expect(resolveEnvironment(changing, from({ NEW: 'n', OLD: 'the-token' }))(before)).toEqual([])
})

it('takes an empty variable for a value where there is no token', () => {
  const environmentOf = resolveEnvironment(changing, {
    ...from({ NEW: '', OLD: '' }),
    credentials: [''],
  })

  expect(environmentOf(after)).toEqual(['NEW='])
})
