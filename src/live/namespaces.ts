/** The namespaces below the root, where the server has any. */
import type { Unreadable } from '../domain/live.ts'
import {
  compareText,
  type Namespace,
  type NodeAddress,
  parseNamespace,
  ROOT_NAMESPACE,
} from '../domain/names.ts'
import { dataOf, texts } from '../server/body.ts'
import type { Reader } from '../server/reader.ts'
import { whyUnread } from '../server/faults.ts'
import { listNamespaces } from '../server/requests.ts'

export interface NamespacesReading {
  readonly namespaces: readonly Namespace[]
  readonly unreadable: readonly Unreadable[]
}

/** The root and everything below it that could be listed, level by level; sorted. */
export async function readNamespaces(
  reader: Reader,
  address: NodeAddress,
): Promise<NamespacesReading> {
  const namespaces: Namespace[] = [ROOT_NAMESPACE]
  const unreadable: Unreadable[] = []
  let level: Namespace[] = [ROOT_NAMESPACE]
  while (level.length > 0) {
    const found = await Promise.all(
      level.map(async (parent) => {
        const answer = await reader.ask(address, listNamespaces(parent))
        // 404: none below it, or a server without namespaces.
        if (answer.status === 404) return []
        if (answer.status !== 200) {
          unreadable.push({
            what: 'namespaces',
            path: `${parent}sys/namespaces`,
            ...whyUnread(answer),
          })
          return []
        }
        return texts(dataOf(answer.body)['keys']).flatMap((key) => {
          const path = `${parent}${key}`
          const namespace = parseNamespace(path)
          if (namespace !== undefined) return namespace
          unreadable.push({ what: 'namespaces', path, reason: 'no request can name it' })
          return []
        })
      }),
    )
    level = found.flat()
    namespaces.push(...level)
  }
  return {
    namespaces: namespaces.sort(compareText),
    unreadable: unreadable.sort((a, b) => compareText(a.path, b.path)),
  }
}
