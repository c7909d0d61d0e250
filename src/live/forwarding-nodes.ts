/**
 * Separates nodes that are configured to forward, and run no plugins, from nodes that are not
 * ready. A node that is not ready should answer for itself, and its plugins cannot be read.
 */
import { LockstepError } from '../domain/errors.ts'
import type { LiveNode, Product } from '../domain/live.ts'
import type { NodeAddress } from '../domain/names.ts'
import { ownConfiguration } from '../server/answers/cluster.ts'
import { decodeOrThrow, describeAnswer } from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { readOwnConfiguration } from '../server/requests.ts'
import type { NodeList } from './mounts.ts'

/** Sets each node's state from the nodes' lists. Asks the active node at most once. */
export type ResolveStates = (
  nodes: readonly LiveNode[],
  lists: readonly NodeList[],
) => Promise<readonly LiveNode[]>

/**
 * A node that forwards becomes `forwarding` or `not-ready`. Every Vault standby forwards. On
 * OpenBao the active node's configuration shows whether standbys forward (`disable_standby_reads`;
 * measured on 2.7.2: a standby with that setting forwards this request too). A server without that
 * setting has no standbys that serve reads.
 */
export function createStateResolver(
  reader: Reader,
  { product, active }: { readonly product: Product; readonly active: NodeAddress },
): ResolveStates {
  let asked: ReturnType<typeof whyNotConfigured> | undefined
  return async (nodes, lists) => {
    const forwarding = new Set(
      lists.flatMap(({ node, listed }) => (listed.kind === 'forwards' ? node.address : [])),
    )
    if (forwarding.size === 0) return nodes
    const why =
      product === 'openbao' ? await (asked ??= whyNotConfigured(reader, active)) : undefined
    return nodes.map((node): LiveNode => {
      if (!forwarding.has(node.address)) return node
      // An active node answers for itself, unless it has just stopped leading.
      if (node.role === 'active') return { ...node, state: 'not-ready' }
      if (why === undefined) return { ...node, state: 'forwarding' }
      return { ...node, state: 'not-ready', ...why }
    })
  }
}

/** Why standbys should answer for themselves. Undefined if they are configured to forward. */
async function whyNotConfigured(
  reader: Reader,
  active: NodeAddress,
): Promise<{ readonly detail?: string } | undefined> {
  const request = readOwnConfiguration()
  try {
    const answer = await reader.ask(active, request)
    if (answer.status !== 200) {
      return { detail: `whether it is configured to could not be read: ${describeAnswer(answer)}` }
    }
    const { disableStandbyReads } = decodeOrThrow(
      ownConfiguration,
      { node: active, request },
      answer,
    )
    return disableStandbyReads === false ? {} : undefined
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return { detail: `whether it is configured to could not be read: ${error.message}` }
  }
}
