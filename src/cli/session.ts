/**
 * Makes the context of a command that asks a cluster, from its options. Waits are reported on the
 * terminal.
 */
import { appendFileSync, constants, openSync } from 'node:fs'
import type { DesiredState } from '../domain/desired.ts'
import { errorName, LockstepError } from '../domain/errors.ts'
import type { Transport } from '../domain/exchange.ts'
import { type NodeAddress, parseNodeAddress } from '../domain/names.ts'
import { line } from '../domain/printable.ts'
import { asksForLogin } from '../login/settings.ts'
import { connect, type ConnectOptions } from '../operations/connect.ts'
import type { Context } from '../operations/context.ts'
import { isStream } from '../operations/output-file.ts'
import { logRequests } from '../server/log-requests.ts'
import { announceBusy, announceSlowDown, announceWaits } from './host/announce-waits.ts'
import type { Host } from './host/host.ts'
import { revokeAtInterrupt } from './revoke-at-interrupt.ts'
import { showReading } from './host/show-reading.ts'
import { warnOfPlainHttp } from './host/warn-plain-http.ts'
import type { ClusterOptions, FileOptions, OutputOptions, PassEnvOptions } from './options.ts'
import { VERSION } from './version.ts'
import { trustOf } from './trust.ts'

type SessionOptions = ClusterOptions &
  OutputOptions &
  FileOptions &
  PassEnvOptions & {
    readonly logFile?: string
    readonly journal?: string
    readonly json?: boolean
    readonly onCertificate?: ConnectOptions['onCertificate']
  }

/**
 * `desired` gives the address and the nodes if no flag or variable does. The address is used only
 * if the files are trusted.
 */
export async function openSession(
  options: SessionOptions,
  host: Host,
  desired: DesiredState | undefined,
): Promise<Context> {
  const isQuiet = options.quiet === true
  const nodes = options.node?.map(nodeAddress)
  const connecting = connect({
    flags: options,
    ...(desired !== undefined && { desired }),
    ...(nodes !== undefined && { nodes }),
    ...(options.passEnv !== undefined && { passEnv: options.passEnv }),
    ...(options.journal !== undefined && { journal: options.journal }),
    trust: trustOf(options, host),
    world: host,
    version: VERSION,
    ...(options.onCertificate !== undefined && { onCertificate: options.onCertificate }),
    warn: (text) => {
      host.err(line`Warning: ${text}`)
    },
    wrapTransport: (http, { hasCredentials, proxyFor }) =>
      withRequestLog(
        hasCredentials ? warnOfPlainHttp(http, warnOfNode(host), proxyFor) : http,
        options,
        host,
      ),
    onUnrevoked: (reason, ttl) => {
      const end =
        ttl > 0
          ? `It ends by itself within ${ttl} s of its last renewal.`
          : 'It never ends by itself.'
      host.err(line`Warning: the token of this login was not revoked (${reason}). ${end}`)
    },
    // The requests of a run are not wrapped: a run itself reports nodes that do not answer.
    ...(!isQuiet && {
      wrapReads: (transport) => announceWaits(transport, host),
      onBusy: announceBusy(host),
      onSlowDown: announceSlowDown(host),
    }),
    ...(!isQuiet && options.json !== true && { watchReading: (read) => showReading(host, read) }),
  })
  return asksForLogin(options, host.env) ? revokeAtInterrupt(connecting, host) : connecting
}

function warnOfNode(host: Host): (node: NodeAddress) => void {
  return (node) => {
    host.err(
      line`Warning: the token is sent to ${node} without TLS. Whoever can read the network can take it. Use an https:// address.`,
    )
  }
}

function withRequestLog(
  transport: Transport,
  { verbose, logFile }: SessionOptions,
  host: Host,
): Transport {
  const clock = (): number => host.now().getTime()
  const verboseTransport = verbose === true ? logRequests(transport, host.err, clock) : transport
  return logFile === undefined
    ? verboseTransport
    : logRequests(verboseTransport, openLog(logFile, host), clock)
}

/**
 * Opens the log file. Returns a function that appends a line with its time. Throws a LockstepError
 * if the file cannot be opened.
 */
function openLog(path: string, host: Host): (line: string) => void {
  let logFd: number
  try {
    logFd = openSync(path, appendFlag(path), 0o600)
  } catch (cause) {
    const name = errorName(cause)
    throw new LockstepError({
      code: 'unwritable-file',
      message: `the log ${path} cannot be written (${name === 'ELOOP' ? 'it is a symbolic link' : name})`,
      hint: 'Choose another file with --log-file, or leave it out.',
      cause,
    })
  }
  let isReported = false
  return (text) => {
    try {
      appendFileSync(logFd, `${host.now().toISOString()} ${text}`)
    } catch (error) {
      // A full disk must not end a run that is still recorded in the journal.
      if (!isReported)
        host.err(line`The log ${path} cannot be written any more (${errorName(error)}).`)
      isReported = true
    }
  }
}

/**
 * Refuses a symbolic link: otherwise a user who can create files there could choose which file
 * grows.
 */
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
