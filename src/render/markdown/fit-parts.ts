/**
 * Keeps a comment below the length that a code host accepts. Folded parts are left out whole, the
 * least important first. After that, the visible parts are shortened. The text says how much is
 * left out.
 */
import { count } from '../../domain/count.ts'

/** The kinds of parts; the least important, which is left out first, comes first. */
export const IMPORTANCE = [
  'lists',
  'steps',
  'notes',
  'rollout',
  'changes',
  'against',
  'warnings',
  'data',
  'waivers',
  'commands',
  'blocking',
] as const

export interface Part {
  readonly kind: (typeof IMPORTANCE)[number]
  /** The name of one item: `step`. */
  readonly noun: string
  readonly items: readonly string[]
  /** The number of things in a folded part, if an item can describe several. */
  readonly number?: number
  /** A folded part is shown whole or not at all. */
  readonly isFolded: boolean
  /** Draws the part with the given items, at least one. */
  readonly draw: (items: readonly string[]) => string
}

/** One plan in a comment. */
export interface Section {
  /** Always shown, whatever the limit. */
  readonly head: string
  /** Between the visible and the folded parts. Always shown, whatever the limit. */
  readonly foot: string
  /** In the order in which they are shown. */
  readonly parts: readonly Part[]
  /** A command that shows everything. */
  readonly seeAll: string
}

interface Fitted {
  /** The number of items of each part that are shown. */
  readonly shown: Map<Part, number>
}

/** Between two blocks of Markdown. */
const GAP = '\n\n'

export type FittedText =
  | { readonly kind: 'fits'; readonly text: string }
  /** The heads and feet alone do not fit. `shortest`: the bytes that they take. */
  | { readonly kind: 'too-large'; readonly shortest: number }

/** Draws the sections, with a blank line between them. `room` is in bytes of UTF-8. */
export function fitParts(sections: readonly Section[], room: number): FittedText {
  const whole: Fitted = {
    shown: new Map(sections.flatMap(({ parts }) => parts.map((part) => [part, part.items.length]))),
  }
  const full = draw(sections, whole)
  if (byteLength(full) <= room) return { kind: 'fits', text: full }

  const fixed = draw(sections, { shown: new Map() })
  const shortest = byteLength(fixed)
  if (shortest > room) return { kind: 'too-large', shortest }
  const sizes = new Map(
    sections.flatMap(({ parts }) =>
      parts.map((part) => [part, byteLength(part.draw(part.items)) + GAP.length] as const),
    ),
  )
  const visible = [...sizes].filter(([{ isFolded }]) => !isFolded)
  const folded = IMPORTANCE.toReversed().flatMap((kind) =>
    [...sizes].filter(([part]) => part.isFolded && part.kind === kind),
  )
  const shown = new Map<Part, number>()
  // `fixed` includes the longest note that a section can get.
  let left = showVisible(visible, room - shortest, shown)
  // After a part is left out, no less important one is shown.
  for (const [part, size] of folded) {
    if (size > left) break
    left -= size
    shown.set(part, part.items.length)
  }
  return { kind: 'fits', text: draw(sections, { shown }) }
}

/**
 * Shows small parts whole; large parts share the rest. Returns the bytes that are left of `room`.
 */
function showVisible(
  parts: readonly (readonly [Part, number])[],
  room: number,
  shown: Map<Part, number>,
): number {
  let left = room
  const bySize = [...parts].sort(([, a], [, b]) => a - b)
  bySize.forEach(([part, size], at) => {
    const share = left / (bySize.length - at)
    if (size <= share) {
      shown.set(part, part.items.length)
      left -= size
      return
    }
    const number = fitItems(part, share)
    shown.set(part, number)
    if (number > 0) left -= byteLength(drawPart(part, number)) + GAP.length
  })
  return left
}

/** The number of items that fit into `room` bytes. Each item is drawn on its own lines. */
function fitItems(part: Part, room: number): number {
  const around = byteLength(drawPart({ ...part, items: [...part.items.slice(0, 1), ''] }, 1)) + 24
  let used = around - byteLength(part.items[0] ?? '')
  const cut = part.items.findIndex((item) => (used += byteLength(item) + 1) > room)
  return cut < 0 ? part.items.length : cut
}

function drawPart(part: Part, number: number): string {
  const { items, noun } = part
  const left = items.length - number
  const drawn = part.draw(items.slice(0, number))
  return left === 0
    ? drawn
    : `${drawn}${GAP}**… and ${formatCount(left, `more ${noun}`)}, not shown here.**`
}

function draw(sections: readonly Section[], { shown }: Fitted): string {
  return sections
    .map(({ head, foot, parts, seeAll }) => {
      const drawn = (isFolded: boolean): string[] =>
        parts.flatMap((part) => {
          const number = shown.get(part) ?? 0
          return part.isFolded === isFolded && number > 0 ? drawPart(part, number) : []
        })
      const left = parts.flatMap((part) => {
        const whole = part.number ?? part.items.length
        const number = shown.has(part) && part.isFolded ? 0 : whole - (shown.get(part) ?? 0)
        return number > 0 ? formatCount(number, part.noun) : []
      })
      const note =
        left.length === 0
          ? []
          : [
              `**Left out because of --markdown-limit: ${left.join(', ')}.** To see everything: ${seeAll}`,
            ]
      return [head, ...note, ...drawn(false), foot, ...drawn(true)].join(GAP)
    })
    .join(GAP)
}

function formatCount(number: number, noun: string): string {
  return count(number, noun).replace(/^\d+/, formatNumber(number))
}

/** `60,000`, the same in every language of the machine. */
function formatNumber(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}
