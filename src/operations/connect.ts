/**
 * A context over HTTP: the address, the token and the certificates as flags, variables and the file
 * say, and answers without the secrets that are known.
 */
import type { DesiredState } from '../domain/desired.ts'
import type { Transport } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { type Connection, type ConnectionFlags, resolveConnection } from '../server/connection.ts'
import type { PatienceOptions } from '../server/patience.ts'
import { createHttpTransport } from '../server/transport.ts'
import { type Context, type ContextSources, createContext } from './context.ts'
import { hideSecrets } from './secrets/hide-secrets.ts'
import { gatherSecrets, type Trust } from './secrets/secrets.ts'
import { createCommands } from './user-commands/create-commands.ts'
import { processWorld, type World } from './world.ts'

export interface ConnectOptions {
  /** Where the cluster is, and how to reach it, before variables and the file. */
  readonly flags?: ConnectionFlags
  /** Gives the address and the nodes if nothing else does, and if its files are trusted. */
  readonly desired?: DesiredState
  /** Each node's own address; `cluster.nodes` of the file, or the cluster, says it if not given. */
  readonly nodes?: readonly NodeAddress[]
  /** `trusted` if not given. */
  readonly trust?: Trust
  /** Variables for the commands of the file. */
  readonly passEnv?: readonly string[]
  /** Where journals are kept; in the user's state folder if not given. */
  readonly journal?: string
  /** This process if not given. */
  readonly world?: World
  /** Put around what sends requests: to log them, to warn. */
  readonly around?: (transport: Transport, connection: Connection) => Transport
  /** Put around that again for what is read before and after a run. */
  readonly aroundReads?: (transport: Transport) => Transport
  /** Told of each wait for a busy server, in milliseconds. */
  readonly tellBusy?: PatienceOptions['tell']
  readonly tellSlowDown?: ContextSources['tellSlowDown']
  readonly watchReading?: ContextSources['watchReading']
}

/**
 * Sends nothing so far. Throws a LockstepError for an address, token, certificate or variable that
 * cannot be used.
 */
export async function connect(options: ConnectOptions = {}): Promise<Context> {
  const { desired, trust = 'trusted', passEnv = [], world = processWorld(), tellBusy } = options
  const fileAddress = desired?.cluster.address
  const connection = await resolveConnection({
    flags: options.flags ?? {},
    ...(fileAddress !== undefined && { fileAddress }),
    trustsFiles: trust === 'trusted',
    env: world.env,
    home: world.home,
  })
  const { address, token, namespace, tls, timeout } = connection
  const secrets = gatherSecrets({ token, env: world.env, trust })
  secrets.learn({ desired })
  const commands = createCommands({ env: world.env, passEnv, secrets })
  const http = createHttpTransport({ token: () => token, namespace, tls, timeout })
  const hidden = hideSecrets(http, secrets)
  const transport = options.around?.(hidden, connection) ?? hidden
  const readTransport = options.aroundReads?.(transport)
  const nodes = options.nodes ?? desired?.cluster.nodes
  return createContext({
    world,
    transport,
    address,
    token,
    secrets,
    ...(readTransport !== undefined && { readTransport }),
    ...(options.tellSlowDown !== undefined && { tellSlowDown: options.tellSlowDown }),
    ...(options.watchReading !== undefined && { watchReading: options.watchReading }),
    patience: {
      limit: timeout,
      random: () => parseInt(world.randomHex(4), 16) / 2 ** 32,
      now: () => world.now().getTime(),
      ...(tellBusy !== undefined && { tell: tellBusy }),
    },
    ...(nodes !== undefined && { nodes }),
    mustBeMembers: options.nodes === undefined && trust === 'untrusted',
    commands: trust === 'untrusted' ? undefined : commands,
    journal: options.journal,
  })
}
