/**
 * Decides which proxy a server is reached through, by the rules of the servers' own command lines.
 * Those are Go programs, so the rules are Go's (`golang.org/x/net/http/httpproxy`), and `ALL_PROXY`
 * as curl has it. Reads only the variables that it is given. No message has a credential.
 */
import { BlockList, isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { LockstepError } from '../domain/errors.ts'
import type { Setting } from './certificates.ts'

export interface Proxy {
  /** `http:` or `https:`, without credentials: scheme, host and port, safe to show. */
  readonly origin: string
  /** The variable that names the proxy. */
  readonly from: string
  /** False for the variables of the servers' own command lines. */
  readonly limitedByNoProxy: boolean
  /** Decoded. Undefined if the variable has neither. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined
}

/**
 * The proxy for an address (`http://` or `https://`); undefined if it is reached directly. Throws a
 * LockstepError if the variable that counts for this address does not name a proxy that can be used.
 */
export type ChooseProxy = (address: string) => Proxy | undefined

/**
 * The proxies of nodes. `BAO_PROXY_ADDR` and `BAO_HTTP_PROXY` (`VAULT_…`), in this order, count for
 * every node: also for loopback addresses and for hosts in NO_PROXY (`ReadEnvironment` in both
 * servers' `api/client.go`). Otherwise those of every program count. Undefined if no variable names
 * a proxy.
 */
export function proxiesOf(env: EnvironmentVariables): ChooseProxy | undefined {
  const ofServers = firstSet(env, [
    'BAO_PROXY_ADDR',
    'VAULT_PROXY_ADDR',
    'BAO_HTTP_PROXY',
    'VAULT_HTTP_PROXY',
  ])
  return ofServers === undefined
    ? usualProxiesOf(env)
    : () => parseProxy(ofServers, { limitedByNoProxy: false })
}

/**
 * The proxies of every program: `HTTPS_PROXY` for https addresses, `HTTP_PROXY` for http addresses,
 * else `ALL_PROXY`, except for loopback addresses and hosts in `NO_PROXY`. Of two spellings, upper
 * case wins, as in Go. Undefined if no variable names a proxy.
 */
export function usualProxiesOf(env: EnvironmentVariables): ChooseProxy | undefined {
  const all = firstSet(env, ['ALL_PROXY', 'all_proxy'])
  const settings: Readonly<Record<string, Setting | undefined>> = {
    'https:': firstSet(env, ['HTTPS_PROXY', 'https_proxy']) ?? all,
    'http:': firstSet(env, ['HTTP_PROXY', 'http_proxy']) ?? all,
  }
  if (Object.values(settings).every((setting) => setting === undefined)) return undefined
  const isExempt = exemptHosts(firstSet(env, ['NO_PROXY', 'no_proxy'])?.value ?? '')
  return (address) => {
    const target = new URL(address)
    const setting = settings[target.protocol]
    if (setting === undefined || isExempt(hostOf(target), portOf(target))) return undefined
    return parseProxy(setting, { limitedByNoProxy: true })
  }
}

function firstSet(env: EnvironmentVariables, names: readonly string[]): Setting | undefined {
  return names.flatMap((from) => {
    const value = env[from]?.trim()
    return value === undefined || value === '' ? [] : { from, value }
  })[0]
}

/** The passwords of all proxies that variables name, to hide them. Also of those not in use. */
export function proxyPasswords(env: EnvironmentVariables): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || !/(^|_)PROXY(_ADDR)?$/i.test(name)) return []
    const url = parseUrl(value.trim())
    if (url === undefined) return []
    return [url.password, decoded(url.password) ?? ''].filter((password) => password !== '')
  })
}

/** The host of a URL without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** The port of an http or https URL. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}

function parseProxy(
  { from, value }: Setting,
  { limitedByNoProxy }: Pick<Proxy, 'limitedByNoProxy'>,
): Proxy {
  const refuse = (why: string): LockstepError =>
    new LockstepError({
      code: 'bad-proxy',
      // The value is not shown: it may hold a password.
      message: `${from} ${why}`,
      hint: `Write it like http://proxy.example.com:3128, or unset ${from}.`,
    })
  const url = parseUrl(value)
  if (url === undefined) throw refuse('is not the URL of a proxy')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse(`names a proxy of the kind ${url.protocol}//, which Lockstep does not support`)
  }
  const [user, password] = [decoded(url.username), decoded(url.password)]
  if (user === undefined || password === undefined) {
    throw refuse('has a user name or password that is not percent-encoded correctly')
  }
  return {
    origin: url.origin,
    from,
    limitedByNoProxy,
    credentials: user === '' && password === '' ? undefined : { user, password },
  }
}

/** A value without a scheme names an http proxy, as in Go and curl. */
function parseUrl(value: string): URL | undefined {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
  return URL.canParse(text) ? new URL(text) : undefined
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

type IsExempt = (host: string, port: number) => boolean

/**
 * True for the hosts of `NO_PROXY`, and always for loopback addresses. An entry is `*`, an address,
 * a network (`10.0.0.0/8`), a domain, which also stands for the names below it, or `.domain`
 * (`*.domain`), which stands only for those; each but `*` and a network with or without a port.
 * What cannot be read is left out, as in Go.
 */
function exemptHosts(list: string): IsExempt {
  const entries = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => entry.toLowerCase())
  if (entries.includes('*')) return () => true
  const matchers = [...entries.flatMap((entry) => matcherOf(entry) ?? []), isLoopback]
  return (host, port) => matchers.some((matches) => matches(host, port))
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

function isLoopback(host: string): boolean {
  return host === 'localhost' || isListed(LOOPBACK, host)
}

function isListed(list: BlockList, host: string): boolean {
  const kind = isIP(host)
  return kind !== 0 && list.check(host, kind === 4 ? 'ipv4' : 'ipv6')
}

function matcherOf(entry: string): IsExempt | undefined {
  const [, network = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? []
  if (network !== '') return matchNetwork(network, Number(prefix))
  if (isIP(entry) !== 0) return matchAddress(entry)
  const [, name = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(entry) ?? [undefined, entry, '']
  const port = digits === '' ? undefined : Number(digits)
  const host = name.replace(/^\[(.*)\]$/, '$1')
  return isIP(host) === 0 ? matchDomain(host, port) : matchAddress(host, port)
}

function matchNetwork(network: string, prefix: number): IsExempt | undefined {
  const kind = isIP(network)
  if (kind === 0 || prefix > (kind === 4 ? 32 : 128)) return undefined
  const list = new BlockList()
  list.addSubnet(network, prefix, kind === 4 ? 'ipv4' : 'ipv6')
  return (host) => isListed(list, host)
}

function matchAddress(address: string, port?: number): IsExempt {
  const list = new BlockList()
  list.addAddress(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
  return (host, asked) => isListed(list, host) && (port === undefined || port === asked)
}

function matchDomain(entry: string, port: number | undefined): IsExempt | undefined {
  const isBelowOnly = /^\*?\./.test(entry)
  const domain = domainToASCII(entry.replace(/^\*?\./, ''))
  if (domain === '') return undefined
  return (host, asked) =>
    (port === undefined || port === asked) &&
    isIP(host) === 0 &&
    (host.endsWith(`.${domain}`) || (!isBelowOnly && host === domain))
}
