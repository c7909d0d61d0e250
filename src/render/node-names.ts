/**
 * Short names of a cluster's nodes: the host of a node's address, with its port where two nodes
 * share a host. The full address stands once at the top of a view.
 */
import { groupBy } from '../domain/group-by.ts'

export interface NodeNames {
  /** An address that is none of the cluster's is its own name. */
  readonly of: (address: string) => string
  /** Every address of a text by its name; not where a longer address or path goes on. */
  readonly within: (text: string) => string
}

export function nameNodes(nodes: readonly { readonly address: string }[]): NodeNames {
  const hosts = groupBy(nodes, ({ address }) => hostOf(address))
  const names = new Map(
    nodes.map(({ address }) => {
      const host = hostOf(address)
      return [address, hosts.get(host)?.length === 1 ? host : withoutScheme(address)] as const
    }),
  )
  const of = (address: string): string => names.get(address) ?? address
  // Of two addresses where one begins the other, the longer is looked for first.
  const known = [...names.keys()].sort((a, b) => b.length - a.length).map(escape)
  const anywhere = new RegExp(`(?:${known.join('|')})(?![\\w:/.-]*[\\w/-])`, 'g')
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
