/** Counts what became of the tries of one family of faults, and prints its line. */
import { bySize } from '../size.ts'

export type Survival = 'survived' | 'finished on resume'

/**
 * Every try must end in one of the two, or in one for each of the points it tries; what does neither
 * throws, and counts as lost. `points` are all there are to try, where these are some of them.
 */
export async function tryFamily(
  name: string,
  tries: Iterable<() => Promise<Survival | readonly Survival[]>>,
  points?: number,
): Promise<{ readonly line: string; readonly lost: readonly string[] }> {
  let survived = 0
  let resumed = 0
  const lost: string[] = []
  for (const attempt of tries) {
    try {
      for (const end of [await attempt()].flat()) {
        if (end === 'survived') survived += 1
        else resumed += 1
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      lost.push(why)
      // At once: the rest of the family may take an hour.
      process.stderr.write(`${name}: lost: ${why}\n`)
    }
  }
  const tried = survived + resumed + lost.length
  const line = `${name}: tried ${String(tried)} of ${String(points ?? tried)}, survived ${String(survived)}, finished on resume ${String(resumed)}, lost ${String(lost.length)}`
  process.stderr.write(`${line}\n`)
  return { line, lost }
}

/**
 * Some of the items, spread evenly, always with the last: `few` of them, three times as many, or all,
 * by the size of this run.
 */
export function someOf<Item>(items: readonly Item[], few: number): readonly Item[] {
  const count = bySize({ few, many: 3 * few, all: items.length })
  if (items.length <= count) return items
  const step = items.length / count
  return Array.from({ length: count }, (_, index) => {
    return items[Math.min(items.length - 1, Math.floor((index + 1) * step) - 1)] as Item
  })
}
