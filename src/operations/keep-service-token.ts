/**
 * Keeps the token of a service alive: each check has a session of its own, and the token must live
 * until the next one. A token that was replaced (in its file, by its helper) is looked up again.
 * Never logs in, and never throws: the next check reports a token that has ended. The token of a
 * login lives no longer than its session.
 */
import { pauseBeforeRenewal, readRenewableLife, renewOnce } from '../login/renew-token.ts'
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
  let cancel: () => void = () => undefined

  const schedule = (ttl: number): void => {
    cancel()
    if (isStopped) return
    const stop = every(pauseBeforeRenewal(ttl), () => {
      stop()
      void renewLater(ttl)
    })
    cancel = stop
  }
  const follow = async (session: Session): Promise<void> => {
    const token = session.token()
    if (session.login !== undefined || token === '' || token === known) return
    cancel()
    const life = await readRenewableLife(requestsOf(session))
    // If the server did not say, the next check asks again.
    known = life === undefined ? undefined : token
    if (typeof life === 'number') schedule(life)
  }
  const renewLater = async (ttl: number): Promise<void> => {
    try {
      const session = await open()
      try {
        if (session.token() === known) {
          const life = await renewOnce(requestsOf(session))
          // If the renewal failed, the next one comes after half of the time that is left.
          if (life !== 'never') schedule(life ?? ttl / 2)
        } else await follow(session)
      } finally {
        await session.close()
      }
    } catch {
      schedule(ttl / 2)
    }
  }
  return {
    follow,
    stop: () => {
      isStopped = true
      cancel()
    },
  }
}

function requestsOf({ client, address }: Session) {
  return { client, node: () => Promise.resolve(address) }
}
