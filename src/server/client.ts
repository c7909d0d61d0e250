/**
 * Reads that are retried and writes that never are, over a transport. A read throws when it got
 * no answer; a write whose answer was lost says so, and the caller reads what came of it.
 */
import type { ServerResponse, Transport } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { createReader, type Reader } from './reader.ts'
import type { WriteRequest } from './requests.ts'

/** A write was answered, or nobody knows whether it was carried out. */
export type WriteOutcome =
  | { readonly kind: 'answered'; readonly response: ServerResponse }
  | { readonly kind: 'lost'; readonly error: unknown }

export interface Client extends Reader {
  /** Sent once. */
  write(node: NodeAddress, request: WriteRequest): Promise<WriteOutcome>
  close(): Promise<void>
}

export interface ClientOptions {
  readonly transport: Transport
  readonly wait: (milliseconds: number) => Promise<void>
}

export function createClient({ transport, wait }: ClientOptions): Client {
  return {
    ...createReader({ transport, wait }),
    write: async (node, request) => {
      try {
        return { kind: 'answered', response: await transport.send(node, request) }
      } catch (error) {
        return { kind: 'lost', error }
      }
    },
    close: () => transport.close(),
  }
}
