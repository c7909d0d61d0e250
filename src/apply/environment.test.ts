/** Where the values of a registration come from, and what becomes of a plan without them. */
import { expect, it } from 'vitest'
import { plan, step } from '../../test/builders/plan.ts'
import { plugin, sha256Of, version } from '../../test/builders/live.ts'
import type { RegisterAction } from '../documents/plan.generated.ts'
import { resolveEnvironment } from './environment.ts'

const [id, of] = [plugin('secret/my-kv'), version('v1.0.0')]
const entry = { command: 'kv', sha256: sha256Of(id, of), args: [] }
const registration = (name: string): RegisterAction => ({
  ...{ kind: 'register', plugin: id, version: of, entry },
  env: [{ name, from: name }],
})
const [after, before] = [registration('NEW'), registration('OLD')]
const changing = plan({
  steps: [{ ...step('register', after, 'changed'), undo: [before] }],
})

it('gives the older entry its own environment, not the newer one’s', () => {
  const environmentOf = resolveEnvironment(changing, undefined, { NEW: 'n', OLD: 'o' })

  expect([after, before].map(environmentOf)).toEqual([['NEW=n'], ['OLD=o']])
})

it('does without what only an undo would need, and not without what a step needs', () => {
  expect(resolveEnvironment(changing, undefined, { NEW: 'n' })(before)).toEqual([])
  expect(() => resolveEnvironment(changing, undefined, { OLD: 'o' })).toThrow(
    expect.objectContaining({ details: [expect.stringContaining('needs NEW')] }),
  )
})
