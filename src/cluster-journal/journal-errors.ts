/** The errors of the shared journal. None shows what a secret holds. */
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { ServerResponse } from '../domain/exchange.ts'
import { describeAnswer } from '../server/faults.ts'
import { journalCapabilities, policyLine } from '../server/rights.ts'

/** The token may not read or write below the path (exit 8). */
export function notAllowed(
  kv: string,
  what: 'read' | 'written',
  { answer, consequence }: { readonly answer: ServerResponse; readonly consequence: string },
): LockstepError {
  const lines = journalCapabilities(kv).map(policyLine)
  return new LockstepError({
    code: 'journal-not-allowed',
    message: `the shared journal in ${kv} cannot be ${what}: the token may not do this, or has expired (${describeAnswer(answer)})`,
    exitCode: EXIT.notAllowed,
    hint: `${consequence} The token’s policy needs these lines, which lockstep policy prints too: ${lines.join(' ')}`,
  })
}

/** The shared journal cannot be written: the run must not begin, or must stop. */
export function unwritable(kv: string, reason: string, consequence: string): LockstepError {
  return new LockstepError({
    code: 'journal-unwritable',
    message: `the shared journal in ${kv} cannot be written: ${reason}`,
    hint: `${consequence} See whether the KV mount answers, then run this again.`,
  })
}

/** A secret with a segment's name does not hold a journal. Its content is not shown. */
export function brokenSegment(secret: string, why: string): LockstepError {
  return new LockstepError({
    code: 'journal-broken',
    message: `the secret ${secret} in the shared journal ${why}`,
    hint: `The journal may record a run that was not finished, so nothing was begun. See who wrote the secret. Run lockstep status to see what runs now; then delete it: ${deletion(secret)}`,
  })
}

/** The command that deletes a secret of the shared journal. */
export function deletion(secret: string): string {
  return `bao (or vault) kv metadata delete ${secret}`
}
