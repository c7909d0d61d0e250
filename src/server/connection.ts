/**
 * Where the cluster is and how to speak to it: flags first, then the variables that the servers'
 * own command lines use, `BAO_*` before `VAULT_*`, then the file. A variable and a file must not
 * contradict each other: whoever writes the file must not redirect the token. Reads certificates
 * and the token file; keeps the token in memory and nowhere else.
 */
import { join } from 'node:path'
import type { Source } from '../domain/desired.ts'
import { formatSource, LockstepError } from '../domain/errors.ts'
import { faultInName } from '../domain/name-faults.ts'
import {
  type Namespace,
  type NodeAddress,
  parseNamespace,
  parseNodeAddress,
} from '../domain/names.ts'
import { readAuthorities, readPem, type Setting } from './certificates.ts'
import { parseDuration } from './duration.ts'
import { readTextFile, UnfitFile } from './read-file.ts'
import type { TlsSettings } from './transport.ts'

/** What the command line may say; absent where it does not. */
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
  readonly namespace: Namespace
  readonly tls: TlsSettings
  /** Milliseconds. */
  readonly timeout: number
}

export interface ConnectionSources {
  readonly flags: ConnectionFlags
  /** `cluster.address` of the file. */
  readonly fileAddress?: FileAddress
  /** False: only a flag or a variable says where the token goes. */
  readonly trustsFiles: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's home folder, where `.vault-token` lies. */
  readonly home: string
}

export interface FileAddress {
  readonly value: NodeAddress
  readonly source: Source
}

const DEFAULT_ADDRESS = 'https://127.0.0.1:8200'
const DEFAULT_TIMEOUT = 60

/** Of the token's file, in MiB. */
const LARGEST_TOKEN = 1

/**
 * Throws a LockstepError for an unusable address, certificate, token or time limit. A token that is
 * missing is an empty one: what stands before the servers may add it.
 */
export async function resolveConnection(sources: ConnectionSources): Promise<Connection> {
  const { flags, env } = sources
  const variable: Variable = (name) =>
    [`BAO_${name}`, `VAULT_${name}`].flatMap((from) => {
      const value = env[from]
      return value === undefined || value === '' ? [] : { from, value }
    })[0]
  const [tls, token] = await Promise.all([readTls(flags, variable), readToken(sources, variable)])
  return {
    address: chooseAddress(sources, variable('ADDR')),
    token,
    namespace: namespace(flags.namespace ?? variable('NAMESPACE')?.value ?? ''),
    tls,
    timeout: 1000 * (flags.timeout ?? timeoutOf(variable('CLIENT_TIMEOUT')) ?? DEFAULT_TIMEOUT),
  }
}

/** Throws before anything is sent: both places could get the token, and only one is meant. */
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

/** What `BAO_<name>`, else `VAULT_<name>`, says. */
type Variable = (name: string) => Setting | undefined

async function readTls(flags: ConnectionFlags, variable: Variable): Promise<TlsSettings> {
  const setting = (flag: string, value: string | undefined, name: string): Setting | undefined =>
    value === undefined ? variable(name) : { from: flag, value }
  const certFile = setting('--client-cert', flags.clientCert, 'CLIENT_CERT')
  const keyFile = setting('--client-key', flags.clientKey, 'CLIENT_KEY')
  const servername = flags.tlsServerName ?? variable('TLS_SERVER_NAME')?.value
  const [ca, cert, key] = await Promise.all([
    readAuthorities(
      setting('--ca-cert', flags.caCert, 'CACERT'),
      setting('--ca-path', flags.caPath, 'CAPATH'),
    ),
    certFile && readPem(certFile),
    keyFile && readPem(keyFile),
  ])
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    verify: !(flags.tlsSkipVerify ?? isTrue(variable('SKIP_VERIFY')?.value)),
  }
}

/** The token of the environment, else of `~/.vault-token`; empty when there is none. */
async function readToken(sources: ConnectionSources, variable: Variable): Promise<string> {
  const token = variable('TOKEN')
  if (token !== undefined) return checkToken(token.value)
  const path = join(sources.home, '.vault-token')
  try {
    return checkToken(await readTextFile(path, LARGEST_TOKEN))
  } catch (error) {
    if (error instanceof LockstepError) throw error
    if (error instanceof UnfitFile) {
      throw new LockstepError({
        code: 'bad-token',
        message: `${path} ${error.message}: no token is read from it`,
        exitCode: 8,
        hint: 'Move it away and log in again, or set BAO_TOKEN (VAULT_TOKEN).',
        cause: error,
      })
    }
    return ''
  }
}

function checkToken(text: string): string {
  const token = text.trim()
  // Would otherwise fail deep in the HTTP layer, in words that may quote the token.
  if (!/^[\x21-\x7e]*$/.test(token)) {
    throw new LockstepError({
      code: 'bad-token',
      message: 'the token holds characters that no token has',
      exitCode: 8,
      hint: 'Look at BAO_TOKEN, VAULT_TOKEN and ~/.vault-token: is it one line, without quotes?',
    })
  }
  return token
}

function parseAddress(text: string): NodeAddress {
  const parsed = parseNodeAddress(text)
  if (parsed !== undefined) return parsed
  throw new LockstepError({
    code: 'bad-address',
    message: `"${text}" is not an address of a server`,
    hint: 'Write it like https://vault.example.com:8200.',
  })
}

function namespace(text: string): Namespace {
  const parsed = parseNamespace(text)
  if (parsed !== undefined) return parsed
  throw new LockstepError({
    code: 'bad-namespace',
    message: `the namespace ${JSON.stringify(text)} ${faultInName(text.replace(/^\/+|\/+$/g, '')) ?? 'is not a name'}`,
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
    message: `${setting.from} is "${setting.value}", which is no time`,
    hint: 'Write seconds, as 90, or a duration, as 1m30s.',
  })
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(1|t|true)$/i.test(text)
}
