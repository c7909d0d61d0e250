/**
 * Names a node whose answer takes long. Without that, a node that hangs looks like Lockstep
 * hanging.
 */
import type { Transport } from '../../domain/exchange.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { line } from '../../domain/printable.ts'
import type { Host } from './host.ts'

/** Milliseconds without an answer after which a node is named. */
const LONG_WAIT = 3_000

/** Wraps a transport. Each node is named once. */
export function announceWaits(
  transport: Transport,
  { every, err }: Pick<Host, 'every' | 'err'>,
): Transport {
  const named = new Set<NodeAddress>()
  return {
    close: () => transport.close(),
    send: async (node, request, signal) => {
      const stop = every(LONG_WAIT, () => {
        if (!named.has(node)) err(line`waiting for ${node} to answer …`)
        named.add(node)
      })
      try {
        return await transport.send(node, request, signal)
      } finally {
        stop()
      }
    },
  }
}

/** Returns a function that names a busy node if the wait is long. Each node is named once. */
export function announceBusy({ err }: Pick<Host, 'err'>) {
  const named = new Set<NodeAddress>()
  return (node: NodeAddress, wait: number): void => {
    if (wait < LONG_WAIT || named.has(node)) return
    named.add(node)
    err(line`${node} is busy or limits requests: waiting ${Math.round(wait / 1000)} s …`)
  }
}

/**
 * Returns a function that names a node that answered 429 and from then on gets fewer requests at
 * once.
 */
export function announceSlowDown({ err }: Pick<Host, 'err'>) {
  return (node: NodeAddress): void => {
    err(line`${node} limits requests (429): Lockstep sends it fewer at once, so this takes longer.`)
  }
}
