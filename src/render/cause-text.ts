/**
 * Describes why a step failed, a line for each cause: what is wrong, on which node, and the fix if
 * it is known.
 */
import type { Cause, MountNotRolledBack } from '../documents/run-outcome.ts'
import { unreachable } from '../domain/errors.ts'
import { groupBy } from '../domain/group-by.ts'
import { listSome, NAMED_IN_FINDING, printable, shortenHashes, shortHash } from './wording.ts'

/** One line, safe to show. */
export function describeCause(cause: Cause): string {
  switch (cause.kind) {
    case 'wrong_bytes':
      return printable(
        `the file ${cause.file} on ${cause.node} is not the one with SHA-256 ${shortHash(cause.sha256)}…: copy the right one there`,
      )
    case 'missing_file':
      return printable(
        `${cause.file} is not in the plugin directory of ${cause.node}: copy it there`,
      )
    case 'not_executable':
      return printable(
        `${cause.file} on ${cause.node} may not be executed by the server: chmod +x it there`,
      )
    case 'wrong': {
      const on = cause.node === undefined ? '' : ` on ${cause.node}`
      const what = shortenHashes(cause.what)
      return printable(`${nameThings(cause.things)}${on}: ${what}`)
    }
    case 'not_allowed':
      return printable(`${cause.words}: the token’s policy needs ${cause.needs}`)
    case 'words':
      return printable(shortenHashes(cause.words))
    default:
      return unreachable(cause)
  }
}

/** A line for each node and problem, with the mounts that have it. */
export function describeMountsNotRolledBack(mounts: readonly MountNotRolledBack[]): string[] {
  const groups = groupBy(mounts, ({ mount: _, ...rest }) => JSON.stringify(rest))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { node, file, sha256, found } = first
    const names = nameThings(group.map(({ mount }) => mount))
    const hash = sha256 === '' ? '' : ` (${shortHash(sha256)})`
    return printable(`${names} on ${node}: ${shortenHashes(found)}; it must run ${file}${hash}`)
  })
}

/** Lists as many names as a finding does: a person acts on them. */
function nameThings(things: readonly string[]): string {
  return listSome(things, { all: false, most: NAMED_IN_FINDING })
}
