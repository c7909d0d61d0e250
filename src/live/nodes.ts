/** The nodes of a cluster, and what each says of itself without being asked for a token. */
import { LockstepError } from '../domain/errors.ts'
import type { LiveNode } from '../domain/live.ts'
import { compareText, type NodeAddress, parseNodeAddress } from '../domain/names.ts'
import { dataOf, fields, text } from '../server/body.ts'
import type { Client } from '../server/client.ts'
import { errorWords } from '../server/faults.ts'
import { readHaStatus, readHealth } from '../server/requests.ts'

/** What a node's health says, beside its own state. */
export interface NodeReport {
  readonly node: LiveNode
  readonly cluster: { readonly name: string; readonly id: string }
}

/**
 * Each node's own address as the cluster advertises it, sorted. A server without high
 * availability has one node: the address itself.
 */
export async function discoverNodes(client: Client, address: NodeAddress): Promise<NodeAddress[]> {
  const response = await client.ask(address, readHaStatus())
  if (response.status === 400 || response.status === 404) return [address]
  const body = response.status === 200 ? response.body : await client.read(address, readHaStatus())
  const listed = dataOf(body)['nodes']
  const found = (Array.isArray(listed) ? listed : []).map((node) => {
    const advertised = text(fields(node)['api_address'])
    const parsed = parseNodeAddress(advertised)
    if (parsed === undefined) throw unusable(advertised)
    return parsed
  })
  return found.length === 0 ? [address] : [...new Set(found)].sort(compareText)
}

function unusable(advertised: string): LockstepError {
  return new LockstepError({
    code: 'bad-node-address',
    message: `a node of the cluster advertises the address "${advertised}", which is none`,
    hint: 'Set api_addr in its configuration, or list the nodes under cluster.nodes.',
  })
}

/** Never throws: a node that does not answer is part of what there is to know. */
export async function readNode(client: Client, address: NodeAddress): Promise<NodeReport> {
  const nobody = { name: '', id: '' }
  try {
    const response = await client.ask(address, readHealth())
    const health = fields(response.body)
    if (response.status !== 200 || health['sealed'] === undefined) {
      const detail = errorWords(response) || `HTTP ${response.status} on sys/health`
      return { node: unreachable(address, detail), cluster: nobody }
    }
    const sealed = health['sealed'] === true || health['initialized'] === false
    return {
      node: {
        address,
        role: sealed ? 'unknown' : health['standby'] === true ? 'standby' : 'active',
        state: sealed ? 'sealed' : 'serving',
        version: text(health['version']),
        ...(sealed && { detail: health['initialized'] === false ? 'not initialized' : 'sealed' }),
      },
      cluster: { name: text(health['cluster_name']), id: text(health['cluster_id']) },
    }
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return {
      node: unreachable(address, error.message.replace(`${address}: `, '')),
      cluster: nobody,
    }
  }
}

function unreachable(address: NodeAddress, detail: string): LiveNode {
  return { address, role: 'unknown', state: 'unreachable', version: '', detail }
}
