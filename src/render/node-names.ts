/**
 * Short names of a cluster's nodes: the host of a node's address, with its port where two nodes
 * share a host. The full address stands once at the top of a view.
 */
import { groupBy } from '../domain/group-by.ts'

export interface NodeNames {
  /** The name of a node; the address itself if no node of the cluster has it. */
  readonly of: (address: string) => string
  /**
   * A text with each address replaced by its name, unless the address is the beginning of a longer
   * one or of a URL with a path, or stands in backquotes: a command is copied as it is.
   */
  readonly within: (text: string) => string
}

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
