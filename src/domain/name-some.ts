/** A person decides by these names: so many are said before any is left out. */
const SHOWN = 20

/** `a`, `a and b`, `a, b and c`, and of more than twenty the first twenty `and 7 more`. */
export function nameSome(items: readonly string[], shown = SHOWN): string {
  // Naming one more takes no more room than saying that there is one.
  const all = items.length <= shown + 1
  const named = all ? items.slice(0, -1) : items.slice(0, shown)
  const last = all ? (items.at(-1) ?? '') : `${items.length - shown} more`
  return named.length === 0 ? last : `${named.join(', ')} and ${last}`
}
