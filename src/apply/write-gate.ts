/**
 * Wraps a client so that its writes can be shut off. A server whose connection is cut during a reload
 * leaves the mounts without a backend. So before the process ends, it waits for the writes that are
 * under way.
 */
import type { Client } from '../server/client.ts'

export interface WriteGate {
  readonly client: Client
  /** After this call a write is never sent, and its promise never settles. */
  readonly shut: () => void
  readonly isUnderWay: () => boolean
  /** Resolves when every write that was sent has its answer, or failed. */
  readonly settled: () => Promise<void>
}

export function gateWrites(client: Client): WriteGate {
  const underWay = new Set<Promise<unknown>>()
  let isShut = false
  return {
    client: {
      ...client,
      write: async (node, request) => {
        if (isShut) return new Promise(() => undefined)
        const sent = client.write(node, request, () => isShut)
        underWay.add(sent)
        try {
          return await sent
        } finally {
          underWay.delete(sent)
        }
      },
    },
    shut: () => {
      isShut = true
    },
    isUnderWay: () => underWay.size > 0,
    settled: async () => {
      await Promise.allSettled(underWay)
    },
  }
}
