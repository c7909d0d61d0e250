/**
 * Decides the address of the cluster and the connection's settings: flags first, then the variables
 * of the servers' own command lines (`BAO_*` before `VAULT_*`), then the file. If a variable and
 * the file name different addresses, that is an error: the author of a file must not redirect the
 * token. Reads certificates and the token file. Keeps the token only in memory.
 */
import type { Source } from '../domain/desired.ts'
import { DURATION_HINT, parseDuration } from '../domain/duration.ts'
import { formatSource, LockstepError } from '../domain/errors.ts'
import { findProblemInName } from '../domain/name-problems.ts'
import {
  type Namespace,
  type NodeAddress,
  parseNamespace,
  parseNodeAddress,
} from '../domain/names.ts'
import { pemOf, readAuthorities, readPem, type Setting } from './certificates.ts'
import { type ChooseProxy, proxiesOf } from './proxies.ts'
import { readToken, type TokenSources } from './read-token.ts'
import type { TlsSettings } from './agents.ts'

/** The options of the command line. */
export interface ConnectionFlags {
  readonly address?: string
  readonly namespace?: string
  readonly caCert?: string
  readonly caPath?: string
  readonly clientCert?: string
  readonly clientKey?: string
  readonly tlsServerName?: string
  readonly tlsSkipVerify?: boolean
  /** Seconds. */
  readonly timeout?: number
}

export interface Connection {
  readonly address: NodeAddress
  readonly token: string
  /** Reads the token's file again, if it came from one: another program may have renewed it. */
  readonly readTokenAgain?: () => Promise<string>
  readonly namespace: Namespace
  readonly tls: TlsSettings
  /** Milliseconds. */
  readonly timeout: number
  /** Absent if no variable names a proxy. */
  readonly proxyFor?: ChooseProxy
}

export interface ConnectionSources {
  readonly flags: ConnectionFlags
  /** `cluster.address` of the file. */
  readonly fileAddress?: FileAddress
  /** False: only a flag or a variable decides where the token goes. */
  readonly trustsFiles: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's home folder, which has `.vault-token`. */
  readonly home: string
  readonly runHelper?: TokenSources['runHelper']
  /** True: a login gives the token. None is read, and no token helper is run. */
  readonly logsIn?: boolean
}

export interface FileAddress {
  readonly value: NodeAddress
  readonly source: Source
}

const DEFAULT_ADDRESS = 'https://127.0.0.1:8200'
const DEFAULT_TIMEOUT = 60

/**
 * The connection. Throws a LockstepError for an unusable address, certificate, token, proxy or time
 * limit.
 * A missing token is empty: a proxy in front of the servers may add one.
 */
export async function resolveConnection(sources: ConnectionSources): Promise<Connection> {
  const { flags, env } = sources
  const variable: Variable = (name) =>
    [`BAO_${name}`, `VAULT_${name}`].flatMap((from) => {
      const value = env[from]
      return value === undefined || value === '' ? [] : { from, value }
    })[0]
  refuseSrv(variable('SRV_LOOKUP'))
  const [tls, token] = await Promise.all([
    readTls(flags, variable),
    sources.logsIn === true ? { token: '' } : readToken({ ...sources, variable }),
  ])
  const address = chooseAddress(sources, variable('ADDR'))
  const proxyFor = proxiesOf(env)
  // A variable that names no usable proxy is an error before the first request.
  proxyFor?.(address)
  return {
    address,
    ...token,
    namespace: namespace(flags.namespace ?? variable('NAMESPACE')?.value ?? ''),
    tls,
    timeout: 1000 * (flags.timeout ?? timeoutOf(variable('CLIENT_TIMEOUT')) ?? DEFAULT_TIMEOUT),
    ...(proxyFor !== undefined && { proxyFor }),
  }
}

/**
 * The address that gets the token. Throws a LockstepError if a variable and the file name different
 * addresses, or if no trusted source names one.
 */
function chooseAddress(
  { flags, fileAddress, trustsFiles }: ConnectionSources,
  variable: Setting | undefined,
): NodeAddress {
  if (flags.address !== undefined) return parseAddress(flags.address)
  const named = variable && parseAddress(variable.value)
  if (named !== undefined && fileAddress !== undefined && named !== fileAddress.value) {
    throw new LockstepError({
      code: 'address-conflict',
      message: `${variable?.from ?? ''} is ${named}, and cluster.address is ${fileAddress.value} (${formatSource(fileAddress.source)}). The token goes to one cluster only, so neither was asked anything.`,
      hint: `Say which one is right: --address ${named}, or --address ${fileAddress.value} if you trust the file.`,
    })
  }
  if (trustsFiles) return named ?? fileAddress?.value ?? parseAddress(DEFAULT_ADDRESS)
  if (named !== undefined) return named
  throw new LockstepError({
    code: 'no-trusted-address',
    message:
      '--untrusted-files takes the address from the command line or the environment only, and neither has one',
    hint: 'Give --address, or set BAO_ADDR (VAULT_ADDR).',
  })
}

/** The value of `BAO_<name>`, else of `VAULT_<name>`. */
type Variable = (name: string) => Setting | undefined

async function readTls(flags: ConnectionFlags, variable: Variable): Promise<TlsSettings> {
  const setting = (flag: string, value: string | undefined, name: string): Setting | undefined =>
    value === undefined ? variable(name) : { from: flag, value }
  const certFile = setting('--client-cert', flags.clientCert, 'CLIENT_CERT')
  const keyFile = setting('--client-key', flags.clientKey, 'CLIENT_KEY')
  const servername = flags.tlsServerName ?? variable('TLS_SERVER_NAME')?.value
  const [ca, cert, key] = await Promise.all([
    readAuthorities({
      file: setting('--ca-cert', flags.caCert, 'CACERT'),
      pem: variable('CACERT_BYTES'),
      folder: setting('--ca-path', flags.caPath, 'CAPATH'),
    }),
    certFile === undefined
      ? pemOf(variable('CLIENT_CERT_BYTES'), 'CERTIFICATE')
      : readPem(certFile),
    keyFile === undefined ? pemOf(variable('CLIENT_KEY_BYTES'), 'PRIVATE KEY') : readPem(keyFile),
  ])
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    verify: !(flags.tlsSkipVerify ?? isTrue(variable('SKIP_VERIFY')?.value)),
  }
}

function parseAddress(text: string): NodeAddress {
  if (/^unix:/i.test(text)) {
    throw new LockstepError({
      code: 'unsupported-address',
      message: `"${text}" is a Unix socket, and Lockstep reaches each node by its own address over TCP`,
      hint: 'Give the address of a node or of a load balancer, like https://vault.example.com:8200.',
    })
  }
  const parsed = parseNodeAddress(text)
  if (parsed !== undefined) return parsed
  throw new LockstepError({
    code: 'bad-address',
    message: `"${text}" is not an address of a server`,
    hint: 'Write it like https://vault.example.com:8200.',
  })
}

function refuseSrv(setting: Setting | undefined): void {
  if (setting === undefined || !isTrue(setting.value)) return
  throw new LockstepError({
    code: 'unsupported-address',
    message: `${setting.from} asks for an SRV lookup of the address, and Lockstep makes none`,
    hint: `Unset ${setting.from}, and give the address with its port, like https://vault.example.com:8200.`,
  })
}

function namespace(text: string): Namespace {
  const parsed = parseNamespace(text)
  if (parsed !== undefined) return parsed
  throw new LockstepError({
    code: 'bad-namespace',
    message: `the namespace ${JSON.stringify(text)} ${findProblemInName(text.replace(/^\/+|\/+$/g, '')) ?? 'is not a name'}`,
    hint: 'Write it like ns1/team-a, with --namespace, BAO_NAMESPACE or VAULT_NAMESPACE.',
  })
}

/** In seconds. */
function timeoutOf(setting: Setting | undefined): number | undefined {
  if (setting === undefined) return undefined
  const seconds = parseDuration(setting.value)
  if (seconds !== undefined) return seconds
  throw new LockstepError({
    code: 'bad-timeout',
    message: `${setting.from} is "${setting.value}", which is not a duration`,
    hint: DURATION_HINT,
  })
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(1|t|true)$/i.test(text)
}
