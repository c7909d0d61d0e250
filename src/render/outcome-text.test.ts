import { expect, test } from 'vitest'
import { plan } from '../../test/builders/plan.ts'
import { LockstepError } from '../domain/errors.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import { renderOutcome } from './outcome-text.ts'
import { createPalette } from './palette.ts'

const AGAIN = 'lockstep rollback run-1'
const sofar = { done: [], remaining: [] }
const failed = { ...sofar, step: 's', reason: 'why', undone: [], problems: [] }

const OUTCOMES: readonly RunOutcome[] = [
  { kind: 'interrupted', ...sofar },
  { kind: 'stopped', error: new LockstepError({ code: 'lost', message: 'lost' }), ...sofar },
  { kind: 'put_back', ...failed },
]

test.each(OUTCOMES.map((outcome) => [outcome.kind, outcome] as const))(
  '%s ends with the command that goes on',
  (_kind, outcome) => {
    const text = renderOutcome(outcome, plan(), { palette: createPalette(false), again: AGAIN })
    expect(text.trimEnd().split('\n').at(-1)).toMatch(
      new RegExp(`go on from what it finds: ${AGAIN}$`),
    )
  },
)
