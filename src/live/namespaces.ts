/** Reads the namespaces below the root, if the server has any. */
import { LockstepError } from '../domain/errors.ts'
import type { Unreadable } from '../domain/live.ts'
import {
  compareText,
  type Namespace,
  type NodeAddress,
  parseNamespace,
  ROOT_NAMESPACE,
} from '../domain/names.ts'
import { type ListedNamespace, namespaces as decodeNamespaces } from '../server/answers/cluster.ts'
import { decode } from '../server/answers/shape.ts'
import {
  type ClosedNamespace,
  describeClosed,
  isUnsupportedPath,
  isNotFound,
  findClosedReason,
  describeUnexpectedShape,
  describeUnread,
} from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { listNamespaces } from '../server/requests.ts'

export interface NamespacesReading {
  /**
   * The namespaces whose mounts can be read: the root first, none that is locked or being deleted.
   */
  readonly namespaces: readonly Namespace[]
  readonly unreadable: readonly Unreadable[]
}

/**
 * The limit on namespaces, the root included. No known server has as many: a longer list means a
 * wrong answer.
 */
export const MOST_NAMESPACES = 20_000
/** The limit on levels below the root. */
export const DEEPEST = 100

/**
 * The root and all namespaces below it that could be listed, sorted. Read level by level. Throws a
 * LockstepError (`too-many-namespaces`) if there are more than MOST_NAMESPACES namespaces or
 * DEEPEST levels.
 */
export async function readNamespaces(
  reader: Reader,
  address: NodeAddress,
): Promise<NamespacesReading> {
  const found = new Set<Namespace>([ROOT_NAMESPACE])
  const unreadable: Unreadable[] = []
  let level: readonly Namespace[] = [ROOT_NAMESPACE]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) {
      throw tooMany(`${address} lists namespaces more than ${DEEPEST} levels deep`)
    }
    const below = await Promise.all(
      level.map(async (parent) => {
        const listed = await listBelow(reader, address, parent)
        // Added before the next level is read, so that a namespace that is listed twice is read
        // once.
        const added = [...new Set(listed.namespaces)].filter((namespace) => !found.has(namespace))
        for (const namespace of added) found.add(namespace)
        if (found.size > MOST_NAMESPACES) {
          throw tooMany(`${address} lists more than ${MOST_NAMESPACES} namespaces`)
        }
        return { ...listed, namespaces: added }
      }),
    )
    unreadable.push(...below.flatMap((reading) => reading.unreadable))
    for (const { closed } of below) if (closed !== undefined) found.delete(closed)
    level = below.flatMap((reading) => reading.namespaces)
  }
  return {
    namespaces: [...found].sort(compareText),
    unreadable: unreadable.sort((a, b) => compareText(a.path, b.path)),
  }
}

interface Below extends NamespacesReading {
  /** The namespace that was asked, if it is closed. */
  readonly closed?: Namespace
}

async function listBelow(reader: Reader, address: NodeAddress, parent: Namespace): Promise<Below> {
  const answer = await reader.ask(address, listNamespaces(parent))
  // Measured: OpenBao answers like this if there is no namespace below, and Vault Community because
  // it has no namespaces.
  if (isNotFound(answer) || isUnsupportedPath(answer)) return { namespaces: [], unreadable: [] }
  const why = parent === ROOT_NAMESPACE ? undefined : findClosedReason(answer)
  if (why !== undefined)
    return { namespaces: [], unreadable: [closedAt(parent, why)], closed: parent }
  const path = `${parent}sys/namespaces`
  if (answer.status !== 200) {
    return { namespaces: [], unreadable: [{ what: 'namespaces', path, ...describeUnread(answer) }] }
  }
  const decoded = decode(decodeNamespaces, answer.body)
  if (decoded.kind === 'odd') {
    const odd = describeUnexpectedShape(decoded.problem)
    return { namespaces: [], unreadable: [{ what: 'namespaces', path, ...odd }] }
  }
  const closed = decoded.value.filter(isClosed)
  const open = decoded.value
    .filter((namespace) => !isClosed(namespace))
    .map(({ name }) => ({
      path: `${parent}${name}`,
      namespace: parseNamespace(`${parent}${name}`),
    }))
  return {
    namespaces: open.flatMap(({ namespace }) => namespace ?? []),
    unreadable: [
      ...closed.map(({ name, tainted }) =>
        closedAt(`${parent}${name}`, tainted ? 'deleted' : 'locked'),
      ),
      ...open.flatMap(({ path, namespace }) =>
        namespace === undefined
          ? { what: 'namespaces' as const, path, reason: 'no request can name it' }
          : [],
      ),
    ],
  }
}

function closedAt(path: string, why: ClosedNamespace): Unreadable {
  return { what: 'namespaces', path, ...describeClosed(why) }
}

function isClosed({ locked, tainted }: ListedNamespace): boolean {
  return locked || tainted
}

function tooMany(message: string): LockstepError {
  return new LockstepError({
    code: 'too-many-namespaces',
    message,
    hint: 'Check that the address is that of a server, and that nothing between here and the server changes its answers.',
  })
}
