/**
 * A transport that logs each request and the status of its answer, never a header, a body or the
 * token.
 */
import type { Transport } from '../domain/exchange.ts'
import { line } from '../domain/printable.ts'

/** `clock`: the time in milliseconds. */
export function logRequests(
  transport: Transport,
  write: (line: string) => void,
  clock: () => number,
): Transport {
  return {
    close: () => transport.close(),
    send: async (node, request, signal) => {
      const startedAt = clock()
      const what = `${request.method} ${node}/v1/${request.namespace}${request.path}`
      try {
        const response = await transport.send(node, request, signal)
        write(line`${what} -> ${response.status} (${clock() - startedAt} ms)`)
        return response
      } catch (error) {
        const why = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
        write(line`${what} -> ${why} (${clock() - startedAt} ms)`)
        throw error
      }
    },
  }
}
