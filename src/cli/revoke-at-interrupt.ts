/**
 * Revokes the token of a login at Ctrl-C, SIGTERM or SIGHUP, and ends the process. A run under way
 * handles them itself.
 */
import { EXIT } from '../domain/errors.ts'
import type { Context } from '../operations/context.ts'
import type { Host } from './host/host.ts'

/** Milliseconds for a login under way and the revocation of its token. */
const TIME_LIMIT = 4_000

/** Watches from the login on, until the session is closed. */
export async function revokeAtInterrupt(
  connecting: Promise<Context>,
  host: Pick<Host, 'onInterrupt' | 'wait' | 'exit'>,
): Promise<Context> {
  const exit = (): void => {
    host.exit(EXIT.interrupted)
  }
  let isEnding = false
  const stopWatching = host.onInterrupt(() => {
    if (isEnding) {
      exit()
      return
    }
    isEnding = true
    const revoked = connecting.then(({ login }) => login?.abandon()).catch(() => undefined)
    void Promise.race([revoked, host.wait(TIME_LIMIT)]).then(exit)
  })
  try {
    const session = await connecting
    return {
      ...session,
      close: async () => {
        await session.close().finally(stopWatching)
      },
    }
  } catch (error) {
    stopWatching()
    throw error
  }
}
