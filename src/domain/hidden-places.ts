/**
 * Places of a cluster that could not be read, so that their mounts and connections are unknown.
 * Nothing there is said to be absent, and nothing is made there.
 */
import { unreachable } from './errors.ts'
import type { LiveState, Unreadable } from './live.ts'

/** What could not be read and may hold the mount or connection at this path. */
export function hidingPlaces(
  path: string,
  { unreadable, namespaces }: Pick<LiveState, 'unreadable' | 'namespaces'>,
): readonly Unreadable[] {
  const isKnown = namespaces.some((namespace) => namespace !== '' && path.startsWith(namespace))
  return unreadable.filter((place) => mayHold(place, path, isKnown))
}

/** `isKnown`: the path is in a namespace below the root whose mounts were read. */
function mayHold({ what, path: refused }: Unreadable, path: string, isKnown: boolean): boolean {
  switch (what) {
    case 'connections':
      return path.startsWith(refused)
    case 'mounts': {
      // The list of the root was read from the active node: otherwise there is no live state.
      const namespace = /^(.+\/)sys\/(mounts|auth)$/.exec(refused)?.[1]
      return namespace !== undefined && path.startsWith(namespace)
    }
    case 'namespaces': {
      // A namespace that is sealed, locked or being deleted has its own path.
      if (refused.endsWith('/')) return path.startsWith(refused)
      const parent = refused.replace(/sys\/namespaces$/, '')
      if (isKnown || !path.startsWith(parent)) return false
      // `a/b/` may be a mount of the root or one of the namespace `a/`.
      const below = path.slice(parent.length).replace(/^auth\//, '')
      return below.split('/').length > 2
    }
    case 'nodes':
    case 'pins':
    case 'catalog-entry':
    case 'catalog-name':
      return false
    default:
      return unreachable(what)
  }
}
