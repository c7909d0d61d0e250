import { expect, test } from 'vitest'
import { desiredPlugin, entryOf, only, safetyInput } from '../../../test/builders/safety-input.ts'
import { declaredByServer } from './declared-by-server.ts'

const KV = 'secret/my-kv'
const declared = (of: string) => entryOf(KV, of, { declarative: true, command: 'from-the-server' })

test('gives an error for registering over and deregistering a declared entry', () => {
  const input = safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, { versions: ['v0.21.0'], retire: ['v0.16.2'] })],
    },
    live: { catalog: [declared('v0.16.2'), declared('v0.21.0')] },
  })

  expect(only(declaredByServer.judge(input))).toMatchObject({
    subject: KV,
    message: `The plan would register v0.21.0 and deregister v0.16.2 of ${KV}, but the server’s own configuration declares those entries.`,
  })
})

test('finds nothing for a declared entry that the plan leaves alone', () => {
  const input = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { versions: ['v0.21.0'] })] },
    live: { catalog: [declared('v0.16.2')] },
  })

  expect(declaredByServer.judge(input)).toEqual([])
})
