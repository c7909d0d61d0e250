/**
 * Reads that are retried, and writes that are not unless a server says that it carried nothing out.
 * Over a transport. A read throws when it got
 * no answer; a write whose answer was lost says so, and the caller reads what came of it.
 */
import { LockstepError } from '../domain/errors.ts'
import type { ServerResponse, Transport } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { createPatience, isRateLimited } from './patience.ts'
import { createReader, type Reader, type ReaderOptions } from './reader.ts'
import type { WriteRequest } from './requests.ts'

/** A write was answered, or nobody knows whether it was carried out. */
export type WriteOutcome =
  | { readonly kind: 'answered'; readonly response: ServerResponse }
  | { readonly kind: 'lost'; readonly error: unknown }

export interface Client extends Reader {
  /**
   * Sent once; and again where the answer was that the server counts too many requests (429), since
   * a request that was refused so was not carried out. `givesUp` ends that. Throws a LockstepError
   * where nothing was sent.
   */
  write(node: NodeAddress, request: WriteRequest, givesUp?: () => boolean): Promise<WriteOutcome>
  /** How often a node was waited for that was busy or counts too many requests, so far. */
  busyWaits(): number
  close(): Promise<void>
}

export interface ClientOptions extends ReaderOptions {
  readonly transport: Transport
}

export function createClient(options: ClientOptions): Client {
  const { transport, wait } = options
  let busyWaits = 0
  const patience = options.patience && {
    ...options.patience,
    tell: (node: NodeAddress, milliseconds: number): void => {
      busyWaits += 1
      options.patience?.tell?.(node, milliseconds)
    },
  }
  return {
    ...createReader({ ...options, ...(patience !== undefined && { patience }) }),
    busyWaits: () => busyWaits,
    write: async (node, request, givesUp) => {
      const waitForBusy = createPatience(patience, node)
      for (;;) {
        let response
        try {
          response = await transport.send(node, request)
        } catch (error) {
          if (error instanceof LockstepError) throw error
          return { kind: 'lost', error }
        }
        const pause = isRateLimited(response) ? waitForBusy(response) : undefined
        if (pause === undefined) return { kind: 'answered', response }
        await wait(pause)
        if (givesUp?.() === true) return { kind: 'answered', response }
      }
    },
    close: () => transport.close(),
  }
}
