import { expect, test } from 'vitest'
import { desiredState } from '../../test/drift/desired-state.ts'
import { plan } from '../../test/builders/plan.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import { confirmInSync } from './confirm-in-sync.ts'

test.each([EXIT.error, EXIT.notAllowed])(
  'a cluster that cannot be read at the end (exit code %d) hides no step that was done',
  async (exitCode) => {
    const message = 'http://node1:8200 does not accept the token for GET sys/auth (HTTP 403)'
    const fault = new LockstepError({ code: 'x', message, hint: 'Log in again.', exitCode })
    const done = { kind: 'done' as const, done: ['tune a/'], already: [] }

    const outcome = await confirmInSync(done, {
      plan: plan(),
      desired: desiredState(),
      folder: '/nowhere',
      patience: 0,
      observe: () => Promise.reject(fault),
      now: () => new Date(0),
      wait: () => Promise.resolve(),
    })

    expect(outcome).toMatchObject({
      done: ['tune a/'],
      unconfirmed: { kind: 'cluster_not_read', why: `${message}. Log in again.` },
    })
  },
)
