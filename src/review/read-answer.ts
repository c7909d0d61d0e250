/** What an answer of a code host says, by its decoder. */
import { decode, type Decoder } from '../server/answers/shape.ts'
import type { HostClient } from './host-client.ts'
import type { HostRequest } from './host-exchange.ts'

/** Throws a LockstepError if the answer has not the documented shape. */
export function read<Value>(
  client: HostClient,
  request: HostRequest,
  body: unknown,
  decoder: Decoder<Value>,
): Value {
  const decoded = decode(decoder, body)
  if (decoded.kind === 'odd') throw client.oddAnswer(request, decoded.problem)
  return decoded.value
}
