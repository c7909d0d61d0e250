/**
 * Makes a context over HTTP. The address, the token and the certificates come from flags, variables
 * and the file. Known secrets are removed from the errors of the servers.
 */
import type { DesiredState } from '../domain/desired.ts'
import type { Transport } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { secretsIn } from '../login/read-secret.ts'
import {
  checkCertificateLogin,
  type LoginFlags,
  type LoginSettings,
  readLoginSettings,
} from '../login/settings.ts'
import { createClient } from '../server/client.ts'
import { type Connection, type ConnectionFlags, resolveConnection } from '../server/connection.ts'
import type { PatienceOptions } from '../server/patience.ts'
import { createHttpTransport, type TransportSettings } from '../server/transport.ts'
import { type Context, type ContextSources, createContext } from './context.ts'
import { hideSecrets } from './secrets/hide-secrets.ts'
import { gatherSecrets, type Trust } from './secrets/secrets.ts'
import { replaceRefusedToken } from './replace-token.ts'
import { createCommands } from './user-commands/create-commands.ts'
import { runBounded } from './user-commands/run-bounded.ts'
import { processWorld, type World } from './world.ts'

export interface ConnectOptions {
  /** The address of the cluster and how to reach it. Flags win over variables and over the file. */
  readonly flags?: ConnectionFlags & LoginFlags
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
  readonly wrapTransport?: (
    transport: Transport,
    connection: { readonly hasCredentials: boolean } & {
      readonly proxyFor: Connection['proxyFor']
    },
  ) => Transport
  /** Wraps that transport once more, for the requests that read before and after a run. */
  readonly wrapReads?: (transport: Transport) => Transport
  /** Called before each wait for a busy server, with its length in milliseconds. */
  readonly onBusy?: PatienceOptions['onWait']
  readonly onSlowDown?: ContextSources['onSlowDown']
  readonly watchReading?: ContextSources['watchReading']
  /** Called with the certificate of a node for each answer over TLS. */
  readonly onCertificate?: TransportSettings['onCertificate']
  /**
   * Called if the token of a login could not be revoked, with the reason and the seconds that the
   * token can still live (0: for ever).
   */
  readonly onUnrevoked?: (reason: string, ttl: number) => void
  /** Called with each warning. */
  readonly warn?: (text: string) => void
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

interface TokenSources {
  readonly connection: Pick<Connection, 'readTokenAgain' | 'address' | 'namespace' | 'tls'>
  readonly current: { token: string }
  /** Called with each token, and each secret of a login. */
  readonly addCredential: (secret: string) => void
  /** Logs requests, and hides secrets in answers. */
  readonly transport: Transport
  readonly login: LoginSettings | undefined
  readonly patience: PatienceOptions
  readonly options: ConnectOptions
  readonly world: World
}

/** Logs in if there is a login. Throws a LockstepError if that fails. */
async function useToken({ connection, current, addCredential, login, ...rest }: TokenSources) {
  const { readTokenAgain, address, namespace, tls } = connection
  const { transport, patience, options, world } = rest
  const setToken = (token: string): void => {
    addCredential(token)
    current.token = token
  }
  if (login === undefined) {
    const replace = async (refused: string): Promise<string | undefined> => {
      const token = (await readTokenAgain?.().catch(() => '')) ?? ''
      if (token === '' || token === refused) return undefined
      setToken(token)
      return token
    }
    return replaceRefusedToken(transport, { token: () => current.token, replace })
  }
  // Loaded on demand: most commands are given a token.
  const { startLogin } = await import('../login/login-session.ts')
  checkCertificateLogin(login, { address, hasCertificate: tls.cert !== undefined })
  for (const secret of secretsIn(login)) addCredential(secret)
  const session = await startLogin({
    settings: login,
    env: world.env,
    client: createClient({ transport, wait: world.wait, patience }),
    ...{ address, namespace, transport },
    addSecret: addCredential,
    setToken,
    every: world.every,
    clock: () => world.now().getTime(),
    onUnrevoked: options.onUnrevoked,
  })
  return replaceRefusedToken(transport, { token: () => current.token, ...session })
}

/**
 * Sends no request but a login, if `flags` or LOCKSTEP_AUTH ask for one. Throws a LockstepError for an
 * address, token, certificate or variable that cannot be used, and for a login that fails. Close the
 * context at the end: that revokes the token of a login.
 */
export async function connect(options: ConnectOptions = {}): Promise<Context> {
  const { desired, trust = 'trusted', passEnv = [], world = processWorld(), onBusy } = options
  const fileAddress = desired?.cluster.address
  const login = readLoginSettings(options.flags ?? {}, world.env)
  const connection = await resolveConnection({
    logsIn: login !== undefined,
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
  const credentials = new Set([token])
  const running: { id: string | undefined } = { id: undefined }
  const http = createHttpTransport({
    ...{ token: () => current.token, namespace, tls, timeout },
    ...(proxyFor !== undefined && { proxyFor }),
    userAgent: `lockstep/${options.version ?? 'library'}`,
    run: () => running.id,
    ...(options.onCertificate !== undefined && { onCertificate: options.onCertificate }),
  })
  const patience: PatienceOptions = {
    limit: timeout,
    random: () => parseInt(world.randomHex(4), 16) / 2 ** 32,
    now: () => world.now().getTime(),
    ...(onBusy !== undefined && { onWait: onBusy }),
  }
  const masked = hideSecrets(http, secrets)
  const hasCredentials = token !== '' || login !== undefined
  const logged = options.wrapTransport?.(masked, { hasCredentials, proxyFor }) ?? masked
  const transport = await useToken({
    ...{ connection, current, transport: logged, login, patience, options, world },
    addCredential: (secret) => {
      credentials.add(secret)
      secrets.add(secret)
    },
  }).catch(async (error: unknown) => {
    await http.close()
    throw error
  })
  const readTransport = options.wrapReads?.(transport)
  const nodes = options.nodes ?? desired?.cluster.nodes
  return createContext({
    markRun: (id) => (running.id = id),
    world,
    transport,
    address,
    token: () => current.token,
    credentials: () => [...credentials],
    ...(login !== undefined && { login: { abandon: transport.abandon } }),
    secrets,
    ...(readTransport !== undefined && { readTransport }),
    ...(options.onSlowDown !== undefined && { onSlowDown: options.onSlowDown }),
    ...(options.warn !== undefined && { warn: options.warn }),
    ...(options.watchReading !== undefined && { watchReading: options.watchReading }),
    patience,
    ...(nodes !== undefined && { nodes }),
    mustBeMembers: options.nodes === undefined && trust === 'untrusted',
    commands: trust === 'untrusted' ? undefined : commands,
    journal: options.journal,
  })
}
