/** Why a step failed, a line each: what is wrong, where, and what mends it where that is known. */
import type { Cause, Failure, NotBack } from '../documents/run-outcome.ts'
import { unreachable } from '../domain/errors.ts'
import { groupBy } from '../domain/group-by.ts'
import { listSome, printable, shortenHashes, shortHash } from './wording.ts'

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
      return printable(`${listSome(cause.things, { all: false })}${on}: ${what}`)
    }
    case 'not_allowed':
      return printable(`${cause.words}: the token’s policy needs ${cause.needs}`)
    case 'words':
      return printable(shortenHashes(cause.words))
    default:
      return unreachable(cause)
  }
}

/** True where each cause says itself what mends it. */
export function saysTheCure({ causes }: Failure): boolean {
  return causes.every(({ kind }) => kind !== 'words' && kind !== 'wrong')
}

/** A line for the mounts of one node of which the same is to be said. */
export function describeNotBack(mounts: readonly NotBack[]): string[] {
  const alike = groupBy(mounts, ({ mount: _, ...rest }) => JSON.stringify(rest))
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { node, file, sha256, found } = first
    const names = listSome(
      group.map(({ mount }) => mount),
      { all: false },
    )
    const hash = sha256 === '' ? '' : ` (${shortHash(sha256)})`
    return printable(`${names} on ${node}: ${shortenHashes(found)}; to run again: ${file}${hash}`)
  })
}
