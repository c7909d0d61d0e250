/**
 * Makes a context over HTTP. The address, the token and the certificates come from flags, variables
 * and the file. Known secrets are removed from the errors of the servers.
 */
import type { DesiredState } from '../domain/desired.ts'
import type { Transport } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { type Connection, type ConnectionFlags, resolveConnection } from '../server/connection.ts'
import type { PatienceOptions } from '../server/patience.ts'
import { createHttpTransport, type TransportSettings } from '../server/transport.ts'
import { type Context, type ContextSources, createContext } from './context.ts'
import { hideSecrets } from './secrets/hide-secrets.ts'
import { gatherSecrets, type Secrets, type Trust } from './secrets/secrets.ts'
import { createCommands } from './user-commands/create-commands.ts'
import { runBounded } from './user-commands/run-bounded.ts'
import { processWorld, type World } from './world.ts'

export interface ConnectOptions {
  /** The address of the cluster and how to reach it. Flags win over variables and over the file. */
  readonly flags?: ConnectionFlags
  /**
   * Gives the address and the nodes if no flag or variable does. The address is used only if the
   * files are trusted.
   */
  readonly desired?: DesiredState
  /**
   * Each node's own address. If not given: `cluster.nodes` of the file, else what the cluster
   * lists.
   */
  readonly nodes?: readonly NodeAddress[]
  /** `trusted` if not given. */
  readonly trust?: Trust
  /** Names of variables that the commands of the file get. */
  readonly passEnv?: readonly string[]
  /** The folder of the journals; the user's state folder if not given. */
  readonly journal?: string
  /** The clock, the variables and the process; those of this process if not given. */
  readonly world?: World
  /** Wraps the transport of every request, to log or to warn. */
  readonly wrapTransport?: (transport: Transport, connection: Connection) => Transport
  /** Wraps that transport once more, for the requests that read before and after a run. */
  readonly wrapReads?: (transport: Transport) => Transport
  /** Called before each wait for a busy server, with its length in milliseconds. */
  readonly onBusy?: PatienceOptions['onWait']
  readonly onSlowDown?: ContextSources['onSlowDown']
  readonly watchReading?: ContextSources['watchReading']
  /** Called with the certificate of a node for each answer over TLS. */
  readonly onCertificate?: TransportSettings['onCertificate']
  /** The version in `User-Agent: lockstep/VERSION`. */
  readonly version?: string
}

/** Milliseconds. A token helper may ask a person or a hardware key. */
const HELPER_LIMIT = 30_000

/** A token helper is the user's own program, and gets the user's variables. */
function definedVariables(env: World['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

interface TokenInUse {
  readonly connection: Pick<Connection, 'readTokenAgain'>
  readonly current: { token: string }
  readonly secrets: Secrets
}

/**
 * A transport that reads the token's file again if a request is refused (403), and sends the
 * request once more if the file has another token. Servers carry nothing out that they refuse so.
 */
function renewFromFile(http: Transport, { connection, current, secrets }: TokenInUse): Transport {
  const { readTokenAgain } = connection
  if (readTokenAgain === undefined) return http
  return {
    close: () => http.close(),
    send: async (node, request, signal) => {
      const sentWith = current.token
      const response = await http.send(node, request, signal)
      if (response.status !== 403 || request.anonymous === true) return response
      // The refusal is the better error than a file that is gone.
      const token = await readTokenAgain().catch(() => '')
      if (token === '' || token === sentWith) return response
      secrets.add(token)
      current.token = token
      return http.send(node, request, signal)
    },
  }
}

/**
 * Sends no request. Throws a LockstepError for an address, token, certificate or variable that
 * cannot be used.
 */
export async function connect(options: ConnectOptions = {}): Promise<Context> {
  const { desired, trust = 'trusted', passEnv = [], world = processWorld(), onBusy } = options
  const fileAddress = desired?.cluster.address
  const connection = await resolveConnection({
    flags: options.flags ?? {},
    ...(fileAddress !== undefined && { fileAddress }),
    trustsFiles: trust === 'trusted',
    env: world.env,
    home: world.home,
    runHelper: (command) =>
      runBounded(command, {
        timeLimit: HELPER_LIMIT,
        secrets: [],
        env: definedVariables(world.env),
      }),
  })
  const { address, token, namespace, tls, timeout, proxyFor } = connection
  const secrets = gatherSecrets({ token, env: world.env, trust })
  secrets.learn({ desired })
  const commands = createCommands({ env: world.env, passEnv, secrets })
  const current = { token }
  const running: { id: string | undefined } = { id: undefined }
  const http = createHttpTransport({
    ...{ token: () => current.token, namespace, tls, timeout },
    ...(proxyFor !== undefined && { proxyFor }),
    userAgent: `lockstep/${options.version ?? 'library'}`,
    run: () => running.id,
    ...(options.onCertificate !== undefined && { onCertificate: options.onCertificate }),
  })
  const maskedTransport = hideSecrets(
    renewFromFile(http, { connection, current, secrets }),
    secrets,
  )
  const transport = options.wrapTransport?.(maskedTransport, connection) ?? maskedTransport
  const readTransport = options.wrapReads?.(transport)
  const nodes = options.nodes ?? desired?.cluster.nodes
  return createContext({
    markRun: (id) => (running.id = id),
    world,
    transport,
    address,
    token,
    secrets,
    ...(readTransport !== undefined && { readTransport }),
    ...(options.onSlowDown !== undefined && { onSlowDown: options.onSlowDown }),
    ...(options.watchReading !== undefined && { watchReading: options.watchReading }),
    patience: {
      limit: timeout,
      random: () => parseInt(world.randomHex(4), 16) / 2 ** 32,
      now: () => world.now().getTime(),
      ...(onBusy !== undefined && { onWait: onBusy }),
    },
    ...(nodes !== undefined && { nodes }),
    mustBeMembers: options.nodes === undefined && trust === 'untrusted',
    commands: trust === 'untrusted' ? undefined : commands,
    journal: options.journal,
  })
}
