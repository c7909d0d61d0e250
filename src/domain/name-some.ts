/** The number of names that are listed. People decide by these names, so it is large. */
const SHOWN = 20

/** `a`, `a and b`, `a, b and c`; of more than twenty names, the first twenty `and 7 more`. */
export function nameSome(items: readonly string[], shown = SHOWN): string {
  // One more name is as short as `and 1 more`.
  const all = items.length <= shown + 1
  const named = all ? items.slice(0, -1) : items.slice(0, shown)
  const last = all ? (items.at(-1) ?? '') : `${items.length - shown} more`
  return named.length === 0 ? last : `${named.join(', ')} and ${last}`
}
