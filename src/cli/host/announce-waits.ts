/** Says whose answer is awaited, where one is long in coming: a node that hangs looks like us hanging. */
import type { Transport } from '../../domain/exchange.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { line } from '../../domain/printable.ts'
import type { Host } from './host.ts'

/** Milliseconds without an answer after which a node is named. */
const LONG = 3_000

/** Each node is told of once. */
export function announceWaits(
  transport: Transport,
  { every, err }: Pick<Host, 'every' | 'err'>,
): Transport {
  const told = new Set<NodeAddress>()
  return {
    close: () => transport.close(),
    send: async (node, request, signal) => {
      const stop = every(LONG, () => {
        if (!told.has(node)) err(line`waiting for ${node} to answer …`)
        told.add(node)
      })
      try {
        return await transport.send(node, request, signal)
      } finally {
        stop()
      }
    },
  }
}

/** Says which node asks for fewer requests, where the wait is long. Each node is told of once. */
export function announceBusy({ err }: Pick<Host, 'err'>) {
  const told = new Set<NodeAddress>()
  return (node: NodeAddress, wait: number): void => {
    if (wait < LONG || told.has(node)) return
    told.add(node)
    err(line`${node} is busy or limits requests: waiting ${Math.round(wait / 1000)} s …`)
  }
}

/** Says which node answered 429: it is asked less at once from there on. */
export function announceSlowDown({ err }: Pick<Host, 'err'>) {
  return (node: NodeAddress): void => {
    err(line`${node} limits requests (429): Lockstep sends it fewer at once, so this takes longer.`)
  }
}
