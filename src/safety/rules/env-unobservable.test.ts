import { expect, test } from 'vitest'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { contentOf, registrable } from '../../plan/steps.ts'
import { draftPlan } from '../../plan/make-plan.ts'
import { NO_PAST } from '../../plan/past.ts'
import { envUnobservable } from './env-unobservable.ts'

const KV = 'secret/my-kv'
const env = [{ name: 'HTTPS_PROXY', from: 'KV_PROXY' }]
const desired = {
  plugins: [desiredPlugin(KV, { versions: ['v0.20.0', desiredVersion(KV, 'v0.21.0', { env })] })],
}

test('notes a registered version with an environment', () => {
  const live = { catalog: [entryOf(KV, 'v0.20.0'), entryOf(KV, 'v0.21.0')] }

  const found = only(envUnobservable.judge(safetyInput({ desired, live })))

  expect(found.subject).toBe(KV)
  expect(found.message).toContain('secret/my-kv v0.21.0 is registered already')
})

test('finds nothing for a version that the plan registers', () => {
  expect(envUnobservable.judge(safetyInput({ desired }))).toEqual([])
})

const INPLACE = desiredPlugin(KV, { use: 'unversioned', versions: ['unversioned'] })
const before = entryOf(KV, 'unversioned', { args: ['--old'] })
const replaced = { catalog: [before], mounts: [mountOf('team-a/', KV, 'unversioned')] }

test('notes an entry that a rollback may register without its environment', () => {
  const input = safetyInput({ desired: { plugins: [INPLACE] }, live: replaced })

  expect(only(envUnobservable.judge(input)).message).toBe(
    `If the plan fails, ${KV} unversioned is registered again, but no journal of this machine has its environment: it would have none.`,
  )
})

test('finds nothing if a journal has the environment of the entry', () => {
  const input = safetyInput({ desired: { plugins: [INPLACE] }, live: replaced })
  const known = {
    plugin: before.plugin,
    version: before.version,
    entry: registrable(contentOf(before))!,
    env,
  }
  const past = { ...NO_PAST, registered: [known] }
  const draft = draftPlan(input.desired, input.live, past)

  expect(draft.steps[0]?.undo).toMatchObject([{ kind: 'register', env }])
  expect(envUnobservable.judge({ ...input, draft })).toEqual([])
})

test('finds nothing for a version that the plan changes, or that is retired and not registered', () => {
  const version = desiredVersion(KV, 'v0.21.0', { env })
  const judged = (retire: readonly string[], catalog: ReturnType<typeof entryOf>[]) =>
    envUnobservable.judge(
      safetyInput({
        desired: { plugins: [desiredPlugin(KV, { versions: [version], retire })] },
        live: { catalog },
      }),
    )

  expect(only(judged([], [entryOf(KV, 'v0.21.0', { args: ['--old'] })])).message).toMatch(
    /^If the plan fails, .* it would have HTTPS_PROXY of the file\.$/,
  )
  expect(judged(['v0.21.0'], [])).toEqual([])
})

test('finds nothing for a retired entry that nothing uses', () => {
  const retiring = { plugins: [desiredPlugin(KV, { retire: ['v0.20.0'] })] }
  const input = safetyInput({ desired: retiring, live: { catalog: [entryOf(KV, 'v0.20.0')] } })

  expect(input.draft.steps[0]?.undo).toHaveLength(1)
  expect(envUnobservable.judge(input)).toEqual([])
})
