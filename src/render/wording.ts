/**
 * How counts, lists, hashes and foreign text are put into words, the same in every view.
 * Nothing a server or a file said can move the cursor, start a line or hide behind a colour.
 */
import { unreachable } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { printable } from '../domain/printable.ts'

export { printable }

/**
 * The first `most` (three if not said) and how many more there are; all of them where none may be
 * left out. A view with less than all in it says how to see the rest: `HOW_TO_SEE_ALL`.
 */
export function listSome(
  items: readonly string[],
  { all, most = 3 }: { readonly all: boolean; readonly most?: number },
): string {
  // Naming one more takes no more room than saying that there is one.
  if (all || items.length <= most + 1) return items.map(printable).join(', ')
  return `${items.slice(0, most).map(printable).join(', ')} and ${items.length - most} more`
}

/** So many names a finding has before any is left out: a person decides by them. */
export const NAMED_IN_FINDING = 20

export const HOW_TO_SEE_ALL = 'Names are left out above: --detail shows all of them.'

/** Whether `listSome`, or a message of a rule, left out names in what was drawn. */
export function leavesOutNames(drawn: string): boolean {
  return /(?: and|,) \d+ more\b/.test(drawn)
}

/** Enough of a SHA-256 to tell two binaries apart by eye. */
export function shortHash(sha256: string): string {
  return printable(sha256.slice(0, 12))
}

/** Shortens every SHA-256 in a text. */
export function shortenHashes(text: string): string {
  return text.replace(/\b[0-9a-f]{64}\b/g, shortHash)
}

export function productName(product: LiveState['product']): string {
  return product === 'openbao' ? 'OpenBao' : 'Vault'
}

type NodeState = LiveState['nodes'][number]['state']

/** What stands behind a node that does not answer for itself; empty for one that does. */
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

/** Why a finding or a drift is accepted, by whom, and until when. */
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
