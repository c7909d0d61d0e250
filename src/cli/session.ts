/** What every command that asks a cluster needs: the desired state, a client, the live state. */
import { appendFileSync, constants, openSync } from 'node:fs'
import type { DesiredState } from '../domain/desired.ts'
import { faultName, LockstepError } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { type NodeAddress, parseNodeAddress, type PluginId } from '../domain/names.ts'
import { line } from '../domain/printable.ts'
import { type NodeReport, readNode } from '../live/nodes.ts'
import { observe } from '../live/observe.ts'
import { refuseStrangers } from '../live/refuse-strangers.ts'
import { type Client, createClient } from '../server/client.ts'
import { createReader } from '../server/reader.ts'
import { resolveConnection } from '../server/connection.ts'
import { createHttpTransport } from '../server/transport.ts'
import { logRequests } from '../server/log-requests.ts'
import { announceBusy, announceWaits } from './host/announce-waits.ts'
import { hideSecrets } from './secrets/hide-secrets.ts'
import type { Host } from './host/host.ts'
import { commandEnvironment } from './user-commands/command-environment.ts'
import type { ClusterOptions, FileOptions, OutputOptions, PassEnvOptions } from './options.ts'
import type { Commands } from './user-commands/run-bounded.ts'
import { gatherSecrets, type Secrets } from './secrets/secrets.ts'
import { isStream } from '../operations/plan-file.ts'
import { trustOf } from './trust.ts'
import { warnOfPlainHttp } from './host/warn-plain-http.ts'

export interface Session {
  readonly client: Client
  /** Where the cluster was asked for: a node, or what stands before the nodes. */
  readonly address: NodeAddress
  /** What the servers are asked with; empty where there is none. For no output and no plugin. */
  readonly token: string
  /** What is to be shown nowhere. */
  readonly secrets: Secrets
  /** How the commands of the files are run; undefined where others wrote the files: none is run. */
  readonly commands: Commands | undefined
  /** Reads the cluster; `plugins` and `also` as in `observe`. */
  readonly observe: (
    plugins?: ReadonlySet<PluginId>,
    also?: ReadonlySet<PluginId>,
  ) => Promise<LiveState>
  /** Which cluster answers at the address. */
  readonly cluster: () => Promise<NodeReport['cluster']>
  readonly close: () => Promise<void>
}

type SessionOptions = ClusterOptions &
  OutputOptions &
  FileOptions &
  PassEnvOptions & { readonly logFile?: string }

/** `desired` gives the address and the nodes where flags do not, if its files are trusted. */
export async function openSession(
  options: SessionOptions,
  host: Host,
  desired: DesiredState | undefined,
): Promise<Session> {
  const trust = trustOf(options, host)
  const passed = options.passEnv ?? []
  const environment = commandEnvironment(host.env, passed)
  const fileAddress = desired?.cluster.address
  const connection = await resolveConnection({
    flags: options,
    ...(fileAddress !== undefined && { fileAddress }),
    trustsFiles: trust === 'trusted',
    env: host.env,
    home: host.home,
  })
  const secrets = gatherSecrets({ token: connection.token, env: host.env, trust })
  secrets.learn({ desired })
  const http = createHttpTransport({
    token: () => connection.token,
    namespace: connection.namespace,
    tls: connection.tls,
    timeout: connection.timeout,
  })
  const careful =
    connection.token === ''
      ? http
      : warnOfPlainHttp(http, (node) => {
          host.err(
            line`Warning: the token is sent to ${node} without TLS. Whoever can read the network can take it. Use an https:// address.`,
          )
        })
  const plain = hideSecrets(careful, secrets)
  const clock = (): number => host.now().getTime()
  const told = options.verbose === true ? logRequests(plain, host.err, clock) : plain
  const log = options.logFile === undefined ? undefined : openLog(options.logFile, host)
  const transport = log === undefined ? told : logRequests(told, log, clock)
  const isQuiet = options.quiet === true
  const patience = {
    limit: connection.timeout,
    random: () => parseInt(host.randomHex(4), 16) / 2 ** 32,
    now: clock,
    ...(!isQuiet && { tell: announceBusy(host) }),
  }
  const client = createClient({ transport, wait: host.wait, patience })
  // A run tells of nodes that do not answer by itself.
  const reader = createReader({
    transport: isQuiet ? transport : announceWaits(transport, host),
    wait: host.wait,
    patience,
  })
  const given = options.node?.map(nodeAddress)
  const nodes = given ?? desired?.cluster.nodes
  const mustBeMembers = given === undefined && trust === 'untrusted'
  const { address } = connection
  return {
    client,
    address,
    token: connection.token,
    secrets,
    commands:
      trust === 'untrusted'
        ? undefined
        : { environment, secrets: () => [...secrets.known(), ...passed.map(valueIn(host.env))] },
    observe: async (plugins, also) => {
      if (nodes !== undefined && mustBeMembers) await refuseStrangers(reader, address, nodes)
      return observe(reader, {
        address,
        ...(nodes !== undefined && { nodes }),
        ...(plugins !== undefined && { plugins }),
        ...(also !== undefined && { also }),
      })
    },
    cluster: async () => {
      const { node, cluster } = await readNode(reader, connection.address)
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

function valueIn(env: Host['env']): (name: string) => string {
  return (name) => env[name] ?? ''
}

/** Each line with its time. Throws a LockstepError where the file cannot be opened, and only then. */
function openLog(path: string, host: Host): (line: string) => void {
  let log: number
  try {
    log = openSync(path, appendFlag(path), 0o600)
  } catch (cause) {
    const name = faultName(cause)
    throw new LockstepError({
      code: 'unwritable-file',
      message: `the log ${path} cannot be written (${name === 'ELOOP' ? 'it is a symbolic link' : name})`,
      hint: 'Choose another file with --log-file, or leave it out.',
      cause,
    })
  }
  let told = false
  return (text) => {
    try {
      appendFileSync(log, `${host.now().toISOString()} ${text}`)
    } catch (error) {
      // A full disk must not end a run that the journal still records.
      if (!told) host.err(line`The log ${path} cannot be written any more (${faultName(error)}).`)
      told = true
    }
  }
}

/** Whoever can make a link where the log is to be must not choose which file grows. */
function appendFlag(path: string): number {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants
  return O_APPEND | O_CREAT | O_WRONLY | (isStream(path) ? 0 : O_NOFOLLOW)
}

function nodeAddress(text: string): NodeAddress {
  const address = parseNodeAddress(text)
  if (address !== undefined) return address
  throw new LockstepError({
    code: 'bad-address',
    message: `--node "${text}" is not an address`,
    hint: 'Write it like https://10.0.0.1:8200.',
  })
}

/** The plugins a file speaks of: those whose mounts are asked whether they answer. */
export function pluginsOf(desired: DesiredState): ReadonlySet<PluginId> {
  return new Set(desired.plugins.map(({ id }) => id))
}
