/**
 * The context of an operation: the cluster, the machine, the commands that may be run and the
 * secrets to hide. It is made once and passed to each operation. It knows no terminal.
 */
import type { Transport } from '../domain/exchange.ts'
import { LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import type { NodeAddress, PluginId } from '../domain/names.ts'
import type { DesiredState } from '../domain/desired.ts'
import { journalRoot } from '../journal/write-journal.ts'
import { type NodeReport, readNode } from '../live/nodes.ts'
import { observe, type ReadingProgress } from '../live/observe.ts'
import type { HasAnswered } from '../live/ask-mounts.ts'
import { refuseStrangers } from '../live/refuse-strangers.ts'
import { type Client, createClient } from '../server/client.ts'
import type { PatienceOptions } from '../server/patience.ts'
import { createReader } from '../server/reader.ts'
import { createRequestLimits } from '../server/request-limits.ts'
import type { Commands } from './user-commands/commands.ts'
import type { Secrets } from './secrets/secrets.ts'
import type { World } from './world.ts'

export interface Login {
  /**
   * Revokes the token within two seconds. Call it instead of `close` before the process ends amid an
   * operation: no request is answered any more.
   */
  readonly abandon: () => Promise<void>
}

export interface Context extends World {
  readonly client: Client
  /**
   * The address that was given for the cluster: a node, or a load balancer in front of the nodes.
   */
  readonly address: NodeAddress
  /** The token of the requests that are sent now; empty if there is none. */
  readonly token: () => string
  /**
   * The tokens of the requests and the secrets of the login, so far. They are never printed and never
   * passed to a plugin.
   */
  readonly credentials: () => readonly string[]
  /** The login that gives the token; undefined if the token was given. `close` revokes its token. */
  readonly login: Login | undefined
  /** Must appear in no output, plan, journal or log. */
  readonly secrets: Secrets
  /** Runs the commands of the file. Undefined if the file is untrusted: then no command is run. */
  readonly commands: Commands | undefined
  /** The folder of the journals; undefined for the user's state folder. */
  readonly journal: string | undefined
  /** Tells the user of something that is not as it should be and stops nothing. */
  readonly warn: (text: string) => void
  /**
   * Reads the cluster. `plugins`: the plugins whose mounts are asked whether they answer; all
   * plugins if not given. `also`: more plugins whose mounts are asked. `hasAnswered`: the mounts that
   * need not be asked. Throws a LockstepError if no node answers.
   */
  readonly observe: (
    plugins?: ReadonlySet<PluginId>,
    also?: ReadonlySet<PluginId>,
    hasAnswered?: HasAnswered,
  ) => Promise<LiveState>
  /**
   * The id and name of the cluster that answers at the address. Throws a LockstepError if none
   * answers.
   */
  readonly identify: () => Promise<NodeReport['cluster']>
  /** Names the run in the header `X-Lockstep-Run` of each request from now on; undefined: none. */
  readonly markRun: (run: string | undefined) => void
  /** Revokes the token of a login, and closes the connections. */
  readonly close: () => Promise<void>
}

export type WatchReading = (
  read: (onProgress: (progress: ReadingProgress) => void) => Promise<LiveState>,
) => Promise<LiveState>

export interface ContextSources
  extends
    Partial<Pick<Context, 'markRun' | 'login' | 'warn'>>,
    Pick<Context, 'address' | 'token' | 'credentials' | 'secrets' | 'commands' | 'journal'> {
  readonly world: World
  readonly transport: Transport
  /** Sends the requests that read the cluster before and after a run; `transport` if not given. */
  readonly readTransport?: Transport
  /** How long to wait for a busy server. If not given, a busy server is an error at once. */
  readonly patience?: PatienceOptions
  /** Called once for each node that limits requests (429) and from then on gets fewer at once. */
  readonly onSlowDown?: (node: NodeAddress) => void
  /** Wraps each reading of the cluster: it calls `read` and gets the progress of the reading. */
  readonly watchReading?: WatchReading
  /** Each node's own address. If not given, the cluster is asked for them. */
  readonly nodes?: readonly NodeAddress[]
  /** True: `observe` throws if one of `nodes` is not a member of the cluster at `address`. */
  readonly mustBeMembers?: boolean
}

/** Makes a context. Sends no request. */
export function createContext(sources: ContextSources): Context {
  const { world, transport, patience, address, nodes, mustBeMembers } = sources
  const watchReading: WatchReading = sources.watchReading ?? ((read) => read(() => undefined))
  const options = {
    wait: world.wait,
    ...(patience !== undefined && { patience }),
    lasting: new Set<string>(),
    limits: createRequestLimits(sources.onSlowDown),
  }
  const client = createClient({ transport, ...options })
  const reader = createReader({ transport: sources.readTransport ?? transport, ...options })
  return {
    ...world,
    client,
    address,
    token: sources.token,
    credentials: sources.credentials,
    login: sources.login,
    secrets: sources.secrets,
    commands: sources.commands,
    journal: sources.journal,
    observe: async (plugins, also, hasAnswered) => {
      if (nodes !== undefined && mustBeMembers === true) {
        await refuseStrangers(reader, address, nodes)
      }
      return watchReading((onProgress) =>
        observe(reader, {
          address,
          ...(nodes !== undefined && { nodes }),
          ...(plugins !== undefined && { plugins }),
          ...(also !== undefined && { also }),
          ...(hasAnswered !== undefined && { hasAnswered }),
          onProgress,
        }),
      )
    },
    identify: async () => {
      const { node, cluster } = await readNode(reader, address)
      if (node.state !== 'unreachable') return cluster
      throw new LockstepError({
        code: 'unreachable',
        message: `${node.address}: ${node.detail ?? 'no answer'}`,
        hint: 'Is the address right (--address, cluster.address, BAO_ADDR or VAULT_ADDR)?',
      })
    },
    markRun: sources.markRun ?? (() => undefined),
    warn: warnOnce(sources.warn),
    close: () => client.close(),
  }
}

/** Reports each text once: an operation may read the same journals several times. */
function warnOnce(warn: (text: string) => void = () => undefined): Context['warn'] {
  const reported = new Set<string>()
  return (text) => {
    if (!reported.has(text)) warn(text)
    reported.add(text)
  }
}

/** The plugins that a file names. Their mounts are asked whether they answer. */
export function pluginsOf(desired: DesiredState): ReadonlySet<PluginId> {
  return new Set(desired.plugins.map(({ id }) => id))
}

/**
 * The folder of a cluster on this machine. It holds the lock of this machine, so it does not depend
 * on `journal`: two runs with different journal folders must use the same lock.
 */
export function stateFolder({ env, home }: Pick<World, 'env' | 'home'>, clusterId: string): string {
  return journalRoot(env, home).of(clusterId)
}

/** The folder with the journals of a cluster's runs. */
export function journalFolder(
  context: Pick<Context, 'env' | 'home' | 'journal'>,
  clusterId: string,
): string {
  return context.journal ?? stateFolder(context, clusterId)
}

/** Today's date in UTC, as YYYY-MM-DD. */
export function today({ now }: Pick<World, 'now'>): string {
  return now().toISOString().slice(0, 10)
}
