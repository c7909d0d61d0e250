/**
 * Makes short names for the nodes of a cluster: the host of a node's address, with its port if two
 * nodes share a host. A view shows the full addresses once, at its top.
 */
import { groupBy } from '../domain/group-by.ts'

export interface NodeNames {
  /** The name of a node; the address itself if no node of the cluster has that address. */
  readonly of: (address: string) => string
  /**
   * Replaces each address in a text by its name. Keeps an address that is the beginning of a longer
   * one or of a URL with a path, and one in backquotes, since commands are copied.
   */
  readonly within: (text: string) => string
}

/** The names for the nodes of one cluster. */
export function nameNodes(nodes: readonly { readonly address: string }[]): NodeNames {
  const addresses = [...new Set(nodes.map(({ address }) => address))]
  const hosts = groupBy(addresses, hostOf)
  const names = new Map(
    addresses.map((address) => {
      const host = hostOf(address)
      return [address, hosts.get(host)?.length === 1 ? host : withoutScheme(address)] as const
    }),
  )
  const of = (address: string): string => names.get(address) ?? address
  // The longest first: one address may be the beginning of another.
  const known = [...names.keys()].sort((a, b) => b.length - a.length).map(escape)
  const anywhere = new RegExp(`\`[^\`]*\`|(?:${known.join('|')})(?![\\w:/.-]*[\\w/-])`, 'g')
  return {
    of,
    within: (text) => (known.length === 0 ? text : text.replace(anywhere, of)),
  }
}

function withoutScheme(address: string): string {
  return address.replace(/^https?:\/\//, '')
}

function hostOf(address: string): string {
  const host = withoutScheme(address).replace(/\/.*$/, '')
  return host.replace(/:\d+$/, '')
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
