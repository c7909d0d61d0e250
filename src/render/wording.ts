/**
 * Puts counts, lists, hashes and texts of others into words, the same in every view. A text of a
 * server or a file cannot move the cursor, begin a line or hide in a colour.
 */
import { unreachable } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { printable } from '../domain/printable.ts'

export { printable }

/**
 * The first `most` items (three if not given) and the number of the others; every item if `all`. A
 * view that leaves out names says how to see all of them: `HOW_TO_SEE_ALL`.
 */
export function listSome(
  items: readonly string[],
  { all, most = 3 }: { readonly all: boolean; readonly most?: number },
): string {
  // One more name is as short as `and 1 more`.
  if (all || items.length <= most + 1) return items.map(printable).join(', ')
  return `${items.slice(0, most).map(printable).join(', ')} and ${items.length - most} more`
}

/** The number of names in a finding. It is large, since people decide by them. */
export const NAMED_IN_FINDING = 20

export const HOW_TO_SEE_ALL = 'Names are left out above: --detail shows all of them.'

/** True if `listSome`, or a message of a rule, left out names in the text. */
export function leavesOutNames(drawn: string): boolean {
  return /(?: and|,) \d+ more\b/.test(drawn)
}

/** The first twelve digits of a SHA-256, enough to distinguish binaries. */
export function shortHash(sha256: string): string {
  return printable(sha256.slice(0, 12))
}

/** Shortens every SHA-256 in a text. */
export function shortenHashes(text: string): string {
  return text.replace(/\b[0-9a-f]{64}\b/g, shortHash)
}

/** The name of a product as people write it. */
export function productName(product: LiveState['product']): string {
  return product === 'openbao' ? 'OpenBao' : 'Vault'
}

type NodeState = LiveState['nodes'][number]['state']

/** A note on a node that does not answer for itself; empty for one that does. */
export function describeNodeState(state: NodeState): string {
  switch (state) {
    case 'serving':
      return ''
    case 'forwarding':
      return '(forwards to the active node)'
    case 'not-ready':
      return '(does not answer for itself yet)'
    case 'sealed':
      return '(sealed)'
    case 'unreachable':
      return '(unreachable)'
    default:
      return unreachable(state)
  }
}

/** Why a finding or a difference is accepted, by whom, and until when. */
export function describeAcceptance({
  because,
  by,
  until,
}: {
  readonly because: string
  readonly by?: string | undefined
  /** A date. */
  readonly until?: string | undefined
}): string {
  const details = [
    ...(by === undefined ? [] : [`by ${by}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
  ]
  return printable(details.length === 0 ? because : `${because} (${details.join(', ')})`)
}
