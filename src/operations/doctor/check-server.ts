/** Checks the address, the clock and the token: what the first requests of `apply` need. */
import type { DoctorCheck } from '../../documents/doctor.generated.ts'
import { describeDuration } from '../../domain/duration.ts'
import { EXIT, LockstepError } from '../../domain/errors.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { type Health, health, ownToken, serverTime } from '../../server/answers/cluster.ts'
import { decode } from '../../server/answers/shape.ts'
import { decodeOrThrow, mayBeUnknownToken, refusalError } from '../../server/faults.ts'
import { readHealth, readOwnToken } from '../../server/requests.ts'
import type { Context } from '../context.ts'
import { failed, found, orError } from './checks.ts'

/** Milliseconds. A server answers its health from memory. */
const HEALTH_TIMEOUT = 10_000

export interface Greeting {
  readonly health: Health
  /**
   * Seconds by which the clock of this machine is ahead of the server's; negative if it is behind; 0
   * if the answer does not show a difference. Undefined if the server did not tell its time.
   */
  readonly ahead: number | undefined
}

/** The health at an address. Sends no token. Throws a LockstepError if there is none. */
export async function greet(
  { client, now }: Pick<Context, 'client' | 'now'>,
  node: NodeAddress,
): Promise<Greeting> {
  const request = readHealth()
  const before = now().getTime()
  const answer = await client.ask(node, request, AbortSignal.timeout(HEALTH_TIMEOUT))
  const after = now().getTime()
  if (answer.status !== 200) throw refusalError(node, request, answer)
  const time = decode(serverTime, answer.body)
  return {
    health: decodeOrThrow(health, { node, request }, answer),
    ahead: time.kind === 'odd' ? undefined : secondsAhead(time.value * 1000, { before, after }),
  }
}

/** The server's time has whole seconds, and was read at some time between `before` and `after`. */
function secondsAhead(
  server: number,
  { before, after }: { readonly before: number; readonly after: number },
): number {
  if (before > server + 1000) return (before - server - 1000) / 1000
  return after < server ? (after - server) / 1000 : 0
}

export async function checkAddress(
  context: Pick<Context, 'client' | 'now' | 'address'>,
): Promise<{ readonly check: DoctorCheck; readonly greeting?: Greeting }> {
  const { address } = context
  const greeting = await orError(() => greet(context, address))
  if (greeting instanceof LockstepError) return { check: failed('address', greeting) }
  const { sealed, initialized, standby, version } = greeting.health
  if (sealed || !initialized) {
    const problem = initialized ? 'is sealed' : 'is not initialized'
    return {
      check: found({
        ...{ check: 'address', result: 'failed', exit_code: EXIT.error },
        message: `${address} ${problem}.`,
        fix: `${initialized ? 'Unseal' : 'Initialize'} the server, or give another address.`,
      }),
    }
  }
  const role = standby ? 'a standby' : 'the active node'
  return {
    check: found({
      ...{ check: 'address', result: 'ok' },
      message: `${address} answers: ${role}, version ${version}.`,
    }),
    greeting,
  }
}

/** Seconds by which two clocks may differ without a word. */
const CLOCKS_AGREE = 60

/** `clocks`: the difference to each server. Clocks that differ stop no run that plans and applies here. */
export function checkClock(
  clocks: readonly (readonly [NodeAddress, Greeting['ahead']])[],
): DoctorCheck {
  const wrong = clocks.flatMap(([node, ahead = 0]) =>
    Math.abs(ahead) < CLOCKS_AGREE
      ? []
      : `This clock is ${describeDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} that of ${node}.`,
  )
  if (wrong.length > 0) {
    return found({
      ...{ check: 'clock', result: 'warning', details: wrong },
      message:
        'The clocks of this machine and of the servers differ: apply may refuse a saved plan as too old or from the future (exit 4), and allowances may expire at another time.',
      fix: 'Set the clock that is wrong, for example with NTP.',
    })
  }
  if (clocks.every(([, ahead]) => ahead === undefined)) {
    return found({ check: 'clock', result: 'unknown', message: 'No server told its time.' })
  }
  return found({
    ...{ check: 'clock', result: 'ok' },
    message: `The clock of this machine agrees with the servers’ clocks within ${CLOCKS_AGREE} s.`,
  })
}

/** Seconds. A run that takes longer needs a token that lives longer or can be renewed. */
const SHORT_LIFE = 15 * 60

export async function checkToken({
  client,
  address,
  login,
}: Pick<Context, 'client' | 'address'> & Partial<Pick<Context, 'login'>>): Promise<DoctorCheck> {
  const request = readOwnToken()
  const answer = await orError(() => client.ask(address, request))
  if (answer instanceof LockstepError) return failed('token', answer)
  if (answer.status === 200) return describeToken(answer.body, login !== undefined)
  const { message, hint } = refusalError(address, request, answer)
  // A token without the right to look itself up can have every other right.
  if (answer.withoutToken !== true && !mayBeUnknownToken(answer)) {
    return found({
      ...{ check: 'token', result: 'unknown', message: `The token was not described: ${message}.` },
      ...(hint !== undefined && { fix: hint }),
    })
  }
  return failed('token', refusalError(address, request, answer))
}

/** `isReplaced`: another login replaces the token before it ends. */
function describeToken(body: unknown, isReplaced: boolean): DoctorCheck {
  const token = decode(ownToken, body)
  if (token.kind === 'odd') {
    const message = `The server’s description of the token is not of its documented shape: ${token.problem}.`
    return found({ check: 'token', result: 'unknown', message })
  }
  const { kind, policies, ttl, renewable, usesLeft } = token.value
  const life =
    ttl === 0
      ? 'does not expire'
      : `lives ${describeDuration(ttl)} more${renewable ? ' and can be renewed' : ''}`
  const message = `A ${kind} token that ${life}.`
  const details = [`policies: ${policies.join(', ')}`]
  const fix = 'Log in again for a token that can be renewed, without a limit of uses.'
  if (usesLeft > 0) {
    const limited = `The token can be used only ${usesLeft} times more, and each request uses it once.`
    return found({ check: 'token', result: 'warning', message: limited, details, fix })
  }
  const isShort = !isReplaced && ttl > 0 && ttl < SHORT_LIFE && !renewable
  return isShort
    ? found({
        ...{ check: 'token', result: 'warning', details, fix },
        message: `${message} A run whose token ends stops in the middle (exit 8).`,
      })
    : found({ check: 'token', result: 'ok', message, details })
}
