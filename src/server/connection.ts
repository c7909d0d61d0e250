/**
 * Where the cluster is and how to speak to it: flags first, then the file, then the variables
 * that the servers' own command lines use, `BAO_*` before `VAULT_*`. Reads certificates and the
 * token file; keeps the token in memory and nowhere else.
 */
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LockstepError, faultName } from '../domain/errors.ts'
import {
  type Namespace,
  type NodeAddress,
  parseNamespace,
  parseNodeAddress,
} from '../domain/names.ts'
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
  readonly fileAddress?: NodeAddress
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's home folder, where `.vault-token` lies. */
  readonly home: string
}

const DEFAULT_ADDRESS = 'https://127.0.0.1:8200'
const DEFAULT_TIMEOUT = 60

/** Throws a LockstepError for an unusable address, an unreadable certificate or a missing token. */
export async function resolveConnection(sources: ConnectionSources): Promise<Connection> {
  const { flags, env } = sources
  const variable = (name: string): string | undefined =>
    nonEmpty(env[`BAO_${name}`]) ?? nonEmpty(env[`VAULT_${name}`])
  const [tls, token] = await Promise.all([readTls(flags, variable), readToken(sources, variable)])
  return {
    address: address(flags.address ?? sources.fileAddress ?? variable('ADDR') ?? DEFAULT_ADDRESS),
    token,
    namespace: parseNamespace(flags.namespace ?? variable('NAMESPACE') ?? ''),
    tls,
    timeout: 1000 * (flags.timeout ?? timeoutOf(variable('CLIENT_TIMEOUT')) ?? DEFAULT_TIMEOUT),
  }
}

type Variable = (name: string) => string | undefined

async function readTls(flags: ConnectionFlags, variable: Variable): Promise<TlsSettings> {
  const caCert = flags.caCert ?? variable('CACERT')
  const caPath = flags.caPath ?? variable('CAPATH')
  const certFile = flags.clientCert ?? variable('CLIENT_CERT')
  const keyFile = flags.clientKey ?? variable('CLIENT_KEY')
  const servername = flags.tlsServerName ?? variable('TLS_SERVER_NAME')
  const [ca, cert, key] = await Promise.all([
    readAuthorities(caCert, caPath),
    certFile === undefined ? undefined : readPem(certFile),
    keyFile === undefined ? undefined : readPem(keyFile),
  ])
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    verify: !(flags.tlsSkipVerify ?? isTrue(variable('SKIP_VERIFY'))),
  }
}

async function readAuthorities(
  file: string | undefined,
  folder: string | undefined,
): Promise<string[] | undefined> {
  if (file !== undefined) return [await readPem(file)]
  if (folder === undefined) return undefined
  try {
    const names = (await readdir(folder)).filter((name) => /\.(pem|crt|cer)$/.test(name)).sort()
    return await Promise.all(names.map((name) => readPem(join(folder, name))))
  } catch (cause) {
    throw unreadable(folder, cause)
  }
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

/** The token of the environment, else of `~/.vault-token`; empty when there is none. */
async function readToken(sources: ConnectionSources, variable: Variable): Promise<string> {
  const token = variable('TOKEN')
  if (token !== undefined) return checkToken(token)
  try {
    return checkToken(await readFile(join(sources.home, '.vault-token'), 'utf8'))
  } catch (error) {
    if (error instanceof LockstepError) throw error
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

function address(text: string): NodeAddress {
  const parsed = parseNodeAddress(text)
  if (parsed !== undefined) return parsed
  throw new LockstepError({
    code: 'bad-address',
    message: `"${text}" is not an address of a server`,
    hint: 'Write it like https://vault.example.com:8200.',
  })
}

function unreadable(path: string, cause: unknown): LockstepError {
  const why = faultName(cause)
  return new LockstepError({
    code: 'unreadable-file',
    message: `${path} cannot be read (${why})`,
    cause,
  })
}

/** `60`, `60s`, `2m`, as the servers' command lines take it; in seconds. */
function timeoutOf(text: string | undefined): number | undefined {
  const match = text === undefined ? null : /^(\d+)(s|m)?$/.exec(text)
  return match === null ? undefined : Number(match[1]) * (match[2] === 'm' ? 60 : 1)
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(1|t|true)$/i.test(text)
}
