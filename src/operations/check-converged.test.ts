import { expect, test } from 'vitest'
import { testContext } from '../../test/builders/context.ts'
import { liveState } from '../../test/builders/live.ts'
import { plan } from '../../test/builders/plan.ts'
import { desiredState } from '../../test/drift/desired-state.ts'
import { createSeenAnswers } from '../apply/facts/seen-answers.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { checkConverged } from './check-converged.ts'

const made = { plan: plan() as FreshPlan, desired: desiredState(), live: liveState() }

test.each([EXIT.error, EXIT.notAllowed])(
  'keeps the steps that were done in the outcome if the cluster cannot be read at the end (exit code %d)',
  async (exitCode) => {
    const message = 'http://node1:8200 does not accept the token for GET sys/auth (HTTP 403)'
    const error = new LockstepError({ code: 'x', message, hint: 'Log in again.', exitCode })
    const done = { kind: 'done' as const, done: ['tune a/'], already: [] }
    const answers = createSeenAnswers(() => 0)
    const context = testContext({ observe: () => Promise.reject(error) })

    const outcome = await checkConverged(done, made, { patience: 0, context, answers })

    expect(outcome).toMatchObject({
      done: ['tune a/'],
      unconfirmed: { kind: 'cluster_not_read', why: `${message}. Log in again.` },
    })
  },
)
