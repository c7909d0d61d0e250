/**
 * A client whose writes can be shut off. A server that is cut off while it reloads leaves the
 * mounts without a backend, so what is under way is worth a wait before the process ends.
 */
import type { Client } from '../server/client.ts'

export interface WriteGate {
  readonly client: Client
  /** From now on a write is never sent, and never answered. */
  readonly shut: () => void
  readonly isUnderWay: () => boolean
  /** Resolves once every write that was sent has its answer, or has lost it. */
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
