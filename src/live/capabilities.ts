/** What the token may do on each path a plan will use: one request, whatever their number. */
import type { NodeAddress } from '../domain/names.ts'
import { dataOf, texts } from '../server/body.ts'
import type { Reader } from '../server/reader.ts'
import { readCapabilities } from '../server/requests.ts'

/** API path → capabilities. Undefined where the token may not ask: then nothing is known. */
export async function readOwnCapabilities(
  reader: Reader,
  node: NodeAddress,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  if (paths.length === 0) return new Map()
  const answer = await reader.ask(node, readCapabilities(paths))
  if (answer.status !== 200) return undefined
  const data = dataOf(answer.body)
  return new Map(paths.map((path) => [path, texts(data[path])]))
}
