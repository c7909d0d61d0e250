/**
 * Keeps the token of a service alive: each check has a session of its own, and the token must live
 * until the next one. A token that was replaced (in its file, by its helper) is looked up again.
 * Never logs in, and never throws: the next check reports a token that has ended. The token of a
 * login lives no longer than its session.
 */
import { readRenewableLife, type Renewal, renewAtHalf, renewOnce } from '../login/renew-token.ts'
import type { Context } from './context.ts'
import type { World } from './world.ts'

type Session = Pick<Context, 'client' | 'address' | 'token' | 'login' | 'close'>

export interface ServiceToken {
  /** Call it with the session of each check, before that is closed. */
  readonly follow: (session: Session) => Promise<void>
  readonly stop: () => void
}

/** `open` makes a session that is used for one renewal and closed. */
export function keepServiceToken(
  open: () => Promise<Session>,
  { every }: Pick<World, 'every'>,
): ServiceToken {
  let known: string | undefined
  let isStopped = false
  let stopRenewals: () => void = () => undefined

  const follow = async (session: Session): Promise<void> => {
    const token = session.token()
    if (session.login !== undefined || token === '' || token === known) return
    stopRenewals()
    const life = await readRenewableLife(requestsOf(session))
    // If the server did not say, the next check asks again.
    known = life === undefined ? undefined : token
    if (typeof life === 'number' && !isStopped) {
      stopRenewals = renewAtHalf({ ttl: life, renew, every })
    }
  }
  const renew = async (): Promise<Renewal> => {
    try {
      const session = await open()
      try {
        if (session.token() === known) return await renewOnce(requestsOf(session))
        await follow(session)
        return 'never'
      } finally {
        await session.close()
      }
    } catch {
      return undefined
    }
  }
  return {
    follow,
    stop: () => {
      isStopped = true
      stopRenewals()
    },
  }
}

function requestsOf({ client, address }: Session) {
  return { client, node: () => Promise.resolve(address) }
}
