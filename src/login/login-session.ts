/**
 * The token of a login, from the login to its end: renewed, replaced by another login before it ends
 * or when the server does not know it any more, and revoked at the end.
 */
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { Transport } from '../domain/exchange.ts'
import type { LoginToken } from '../server/answers/login.ts'
import { describeAnswer, describeNoAnswer, mayBeUnknownToken } from '../server/faults.ts'
import { readOwnToken, revokeToken } from '../server/requests.ts'
import { logIn, type LoginTarget } from './log-in.ts'
import { readSecretOf } from './read-secret.ts'
import { type Every, type Renewal, renewAtHalf, renewOnce } from './renew-token.ts'
import type { LoginSettings } from './settings.ts'
import { unwrapSecretId } from './unwrap-secret-id.ts'

export interface LoginSession {
  /**
   * The token to send a request with again that was refused with `refused`: that of a login
   * meanwhile, or of a login now if the server does not know the token any more. The same token if
   * the node needs time to learn it. Undefined if there is none.
   */
  readonly replace: (refused: string) => Promise<string | undefined>
  /** Stops the renewals and revokes the token, within two seconds. Never throws. */
  readonly end: () => Promise<void>
}

export interface LoginSessionOptions extends LoginTarget {
  readonly settings: LoginSettings
  readonly env: EnvironmentVariables
  /** Sends the revocations. */
  readonly transport: Pick<Transport, 'send'>
  /** Called with every secret before it is sent, and with every token. */
  readonly addSecret: (secret: string) => void
  /** Called with the token that requests have from now on. */
  readonly setToken: (token: string) => void
  readonly every: Every
  /** The time in milliseconds. */
  readonly clock: () => number
  /** Called if a token could not be revoked, with the reason and the seconds that it can live. */
  readonly onUnrevoked?: ((reason: string, ttl: number) => void) | undefined
}

/** Milliseconds for a revocation. */
const REVOCATION_LIMIT = 2_000
/** Milliseconds after a refused login until the next one: servers lock users after several. */
const AFTER_REFUSAL = 60_000
/** Milliseconds after which every node knows a new token. A standby of OpenBao took up to 120. */
const TOKEN_KNOWN_WITHIN = 1_000
/** Seconds that a token is taken to live if neither a renewal nor a login was answered. */
const UNANSWERED = 20

/** Logs in. Throws a LockstepError if that fails. */
export async function startLogin(options: LoginSessionOptions): Promise<LoginSession> {
  const { client, address, every, clock, setToken } = options
  const logInOnce = createLogin(options)
  let current = await logInOnce()
  let since = clock()
  let stopRenewing: () => void = () => undefined
  let ending: Promise<void> | undefined
  let lastRefusal = -Infinity
  let replacing: Promise<Renewal> | undefined

  const use = (token: LoginToken): void => {
    current = token
    since = clock()
    setToken(token.token)
  }

  /** Logs in again, unless such a login is under way or was refused a moment ago. */
  const replaceOnce = (): Promise<Renewal> =>
    (replacing ??= replaceToken().finally(() => (replacing = undefined)))

  async function replaceToken(): Promise<Renewal> {
    if (clock() - lastRefusal < AFTER_REFUSAL) return UNANSWERED
    try {
      const fresh = await logInOnce()
      const old = current
      use(fresh)
      if (ending !== undefined) await revoke(options, fresh)
      else void revoke(options, old)
      return fresh.ttl > 0 ? fresh.ttl : 'never'
    } catch (error) {
      const isRefused = error instanceof LockstepError && error.exitCode === EXIT.notAllowed
      if (isRefused) lastRefusal = clock()
      return UNANSWERED
    }
  }

  async function renew(): Promise<Renewal> {
    const { renewable, ttl } = current
    if (!renewable) return replaceOnce()
    const left = await renewOnce({ client, node: () => Promise.resolve(address) })
    // A shorter life than at the login: the token is near the limit of its auth method.
    if (left === 'never' || (left !== undefined && left <= ttl / 2)) return replaceOnce()
    return left
  }

  async function findReplacement(refused: string): Promise<string | undefined> {
    if (ending !== undefined) return undefined
    if (current.token === refused && replacing === undefined) {
      const lookup = await client.ask(address, readOwnToken())
      if (!mayBeUnknownToken(lookup)) {
        // The token is valid, so it lacks a right; or the node that refused it does not know it yet.
        if (clock() - since > TOKEN_KNOWN_WITHIN) return undefined
        await client.wait(TOKEN_KNOWN_WITHIN / 4)
        return refused
      }
    }
    if (current.token === refused) await replaceOnce()
    return current.token === refused ? undefined : current.token
  }

  use(current)
  if (current.ttl > 0) stopRenewing = renewAtHalf({ ttl: current.ttl, renew, every })
  return {
    replace: (refused) => findReplacement(refused).catch(() => undefined),
    end: () =>
      (ending ??= (async () => {
        stopRenewing()
        await revoke(options, current)
        // A login under way revokes its own token.
        if (replacing !== undefined) {
          await Promise.race([replacing, client.wait(REVOCATION_LIMIT)])
        }
      })()),
  }
}

/** Returns a function that reads the secret and logs in. A wrapping token is unwrapped once. */
function createLogin(options: LoginSessionOptions): () => Promise<LoginToken> {
  const { settings, env, addSecret } = options
  let unwrapped: string | undefined
  return async () => {
    let secret = unwrapped ?? (await readSecretOf(settings, env))
    if (secret !== undefined) addSecret(secret)
    if (settings.method === 'approle' && settings.isWrapped && unwrapped === undefined) {
      secret = unwrapped = await unwrapSecretId(secret ?? '', settings, options)
      addSecret(secret)
    }
    const token = await logIn(settings, secret, options)
    addSecret(token.token)
    return token
  }
}

async function revoke(
  { transport, address, onUnrevoked }: LoginSessionOptions,
  { token, ttl, isBatch }: LoginToken,
): Promise<void> {
  // Measured on OpenBao 2.7.2: `batch tokens cannot be revoked` (400).
  if (isBatch) return
  try {
    const limit = AbortSignal.timeout(REVOCATION_LIMIT)
    const answer = await transport.send(address, revokeToken(token), limit)
    // A token that the server does not know has ended already.
    if (answer.status < 300 || mayBeUnknownToken(answer)) return
    onUnrevoked?.(describeAnswer(answer), ttl)
  } catch (error) {
    onUnrevoked?.(error instanceof LockstepError ? error.message : describeNoAnswer(error), ttl)
  }
}
