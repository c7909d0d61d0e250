/**
 * What every operation works with: a cluster, the machine, and what may be run and must be hidden.
 * Made once, then passed to each operation. Knows no terminal.
 */
import type { Transport } from '../domain/exchange.ts'
import { LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import type { NodeAddress, PluginId } from '../domain/names.ts'
import type { DesiredState } from '../domain/desired.ts'
import { journalRoot } from '../journal/write-journal.ts'
import { type NodeReport, readNode } from '../live/nodes.ts'
import { observe, type ReadingProgress } from '../live/observe.ts'
import { refuseStrangers } from '../live/refuse-strangers.ts'
import { type Client, createClient } from '../server/client.ts'
import type { PatienceOptions } from '../server/patience.ts'
import { createReader } from '../server/reader.ts'
import { createRequestLimits } from '../server/request-limits.ts'
import type { Commands } from './user-commands/commands.ts'
import type { Secrets } from './secrets/secrets.ts'
import type { World } from './world.ts'

export interface Context extends World {
  readonly client: Client
  /** Where the cluster was asked for: a node, or a load balancer in front of the nodes. */
  readonly address: NodeAddress
  /** The token of the requests; empty if there is none. For no output and no plugin. */
  readonly token: string
  /** What no output, plan, journal or log may hold. */
  readonly secrets: Secrets
  /** Runs the commands of the file; undefined if others wrote the file: none is run. */
  readonly commands: Commands | undefined
  /** Where journals are kept; undefined: in the user's state folder. */
  readonly journal: string | undefined
  /**
   * Reads the cluster. `plugins`: asks the mounts of these plugins whether they answer; all if not
   * given. `also`: asks the mounts of these, too. Throws a LockstepError if no node answers.
   */
  readonly observe: (
    plugins?: ReadonlySet<PluginId>,
    also?: ReadonlySet<PluginId>,
  ) => Promise<LiveState>
  /** Which cluster answers at the address. Throws a LockstepError if none answers. */
  readonly identify: () => Promise<NodeReport['cluster']>
  readonly close: () => Promise<void>
}

export type WatchReading = (
  read: (tell: (progress: ReadingProgress) => void) => Promise<LiveState>,
) => Promise<LiveState>

export interface ContextSources extends Pick<
  Context,
  'address' | 'token' | 'secrets' | 'commands' | 'journal'
> {
  readonly world: World
  readonly transport: Transport
  /** Sends what is read before and after a run; `transport` if not given. */
  readonly readTransport?: Transport
  /** How a busy server is waited for; it is not waited for if not given. */
  readonly patience?: PatienceOptions
  /** Told once of each node that limits requests (429), and is sent fewer at once. */
  readonly tellSlowDown?: (node: NodeAddress) => void
  /** Put around each reading of the cluster: it gets what reads, and passes what is told of it. */
  readonly watchReading?: WatchReading
  /** Each node's own address; the cluster is asked if not given. */
  readonly nodes?: readonly NodeAddress[]
  /** True: reads nothing if one of `nodes` is no member of the cluster at `address`. */
  readonly mustBeMembers?: boolean
}

export function createContext(sources: ContextSources): Context {
  const { world, transport, patience, address, nodes, mustBeMembers } = sources
  const watchReading: WatchReading = sources.watchReading ?? ((read) => read(() => undefined))
  const options = {
    wait: world.wait,
    ...(patience !== undefined && { patience }),
    lasting: new Set<string>(),
    limits: createRequestLimits(sources.tellSlowDown),
  }
  const client = createClient({ transport, ...options })
  const reader = createReader({ transport: sources.readTransport ?? transport, ...options })
  return {
    ...world,
    client,
    address,
    token: sources.token,
    secrets: sources.secrets,
    commands: sources.commands,
    journal: sources.journal,
    observe: async (plugins, also) => {
      if (nodes !== undefined && mustBeMembers === true) {
        await refuseStrangers(reader, address, nodes)
      }
      return watchReading((tell) =>
        observe(reader, {
          address,
          ...(nodes !== undefined && { nodes }),
          ...(plugins !== undefined && { plugins }),
          ...(also !== undefined && { also }),
          tell,
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
    close: () => client.close(),
  }
}

/** The plugins that a file names: their mounts are asked whether they answer. */
export function pluginsOf(desired: DesiredState): ReadonlySet<PluginId> {
  return new Set(desired.plugins.map(({ id }) => id))
}

/**
 * The folder of a cluster on this machine, with the lock. It does not follow `journal`: two runs
 * with a journal folder each must meet at one lock.
 */
export function stateFolder({ env, home }: Pick<World, 'env' | 'home'>, clusterId: string): string {
  return journalRoot(env, home).of(clusterId)
}

/** Where the journals of a cluster's runs are. */
export function journalFolder(
  context: Pick<Context, 'env' | 'home' | 'journal'>,
  clusterId: string,
): string {
  return context.journal ?? stateFolder(context, clusterId)
}

/** The date of today in UTC, YYYY-MM-DD. */
export function today({ now }: Pick<World, 'now'>): string {
  return now().toISOString().slice(0, 10)
}
