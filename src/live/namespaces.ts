/** The namespaces below the root, where the server has any. */
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
  hasNoSuchPath,
  saysNothingThere,
  whyClosed,
  whyOdd,
  whyUnread,
} from '../server/faults.ts'
import type { Reader } from '../server/reader.ts'
import { listNamespaces } from '../server/requests.ts'

export interface NamespacesReading {
  /** Those whose mounts can be asked for: the root first, none that is locked or being deleted. */
  readonly namespaces: readonly Namespace[]
  readonly unreadable: readonly Unreadable[]
}

/** No server is known with as many, the root included; a list that does not end is none. */
export const MOST_NAMESPACES = 20_000
/** Levels below the root. */
export const DEEPEST = 100

/**
 * The root and everything below it that could be listed, level by level; sorted. Throws a
 * LockstepError (`too-many-namespaces`) where there are more than MOST_NAMESPACES, or more levels
 * than DEEPEST.
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
        // At once, so that a name listed twice is not followed twice, level by level.
        const added = [...new Set(listed.namespaces)].filter((one) => !found.has(one))
        for (const namespace of added) found.add(namespace)
        if (found.size > MOST_NAMESPACES) {
          throw tooMany(`${address} lists more than ${MOST_NAMESPACES} namespaces`)
        }
        return { ...listed, namespaces: added }
      }),
    )
    unreadable.push(...below.flatMap((one) => one.unreadable))
    for (const { closed } of below) if (closed !== undefined) found.delete(closed)
    level = below.flatMap((one) => one.namespaces)
  }
  return {
    namespaces: [...found].sort(compareText),
    unreadable: unreadable.sort((a, b) => compareText(a.path, b.path)),
  }
}

interface Below extends NamespacesReading {
  /** The namespace that was asked, where it answers nothing. */
  readonly closed?: Namespace
}

async function listBelow(reader: Reader, address: NodeAddress, parent: Namespace): Promise<Below> {
  const answer = await reader.ask(address, listNamespaces(parent))
  // Measured: OpenBao answers so where there is none below, and Vault Community where there are no
  // namespaces at all.
  if (saysNothingThere(answer) || hasNoSuchPath(answer)) return { namespaces: [], unreadable: [] }
  const why = parent === ROOT_NAMESPACE ? undefined : whyClosed(answer)
  if (why !== undefined)
    return { namespaces: [], unreadable: [closedAt(parent, why)], closed: parent }
  const path = `${parent}sys/namespaces`
  if (answer.status !== 200) {
    return { namespaces: [], unreadable: [{ what: 'namespaces', path, ...whyUnread(answer) }] }
  }
  const decoded = decode(decodeNamespaces, answer.body)
  if (decoded.kind === 'odd') {
    const odd = whyOdd(decoded.problem)
    return { namespaces: [], unreadable: [{ what: 'namespaces', path, ...odd }] }
  }
  const closed = decoded.value.filter(isClosed)
  const open = decoded.value
    .filter((one) => !isClosed(one))
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
