/**
 * Finds out who wrote the files of desired state: the person who runs the program, or others, as in
 * a pull request. Files of others must not decide where the token is sent or what runs or is read
 * on this machine.
 */
import { LockstepError } from '../domain/errors.ts'
import type { Trust } from '../operations/secrets/secrets.ts'
import type { Host } from './host/host.ts'
import type { FileOptions } from './options.ts'

const VARIABLE = 'LOCKSTEP_UNTRUSTED_FILES'

/** Throws a LockstepError if the variable is neither yes nor no. */
export function trustOf(options: FileOptions, { env }: Pick<Host, 'env'>): Trust {
  if (options.untrustedFiles === true) return 'untrusted'
  switch (env[VARIABLE] ?? '') {
    case '1':
    case 'true':
      return 'untrusted'
    case '':
    case '0':
    case 'false':
      return 'trusted'
    default:
      // Read as no, a misspelt yes would let an untrusted file receive the token.
      throw new LockstepError({
        code: 'bad-variable',
        message: `${VARIABLE} is "${env[VARIABLE] ?? ''}"; it must be 1 or 0`,
        hint: `Write ${VARIABLE}=1 for files that others wrote, or unset it.`,
      })
  }
}
