/** Reads what the token may do on each path that a plan uses, in one request. */
import type { NodeAddress } from '../domain/names.ts'
import { capabilities } from '../server/answers/cluster.ts'
import { decode } from '../server/answers/shape.ts'
import { describeAnswer, describeUnexpectedShape } from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { readCapabilities } from '../server/requests.ts'

/**
 * The capabilities of each API path; or why the server did not answer, for example because the
 * token may not ask.
 */
export async function readOwnCapabilities(
  reader: Reader,
  node: NodeAddress,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]> | { readonly refused: string }> {
  if (paths.length === 0) return new Map()
  const answer = await reader.ask(node, readCapabilities(paths))
  if (answer.status !== 200) return { refused: describeAnswer(answer) }
  const decoded = decode(capabilities(paths), answer.body)
  return decoded.kind === 'odd'
    ? { refused: describeUnexpectedShape(decoded.problem).reason }
    : decoded.value
}
