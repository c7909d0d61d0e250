/**
 * Finds a key that one object of a JSON text has twice. `JSON.parse` silently takes the last one,
 * so a person who reads the text may approve the first one.
 */

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** The first duplicate key; undefined for none. `json` must be valid JSON. */
export function findDuplicateKey(json: string): string | undefined {
  /** The keys of each object that is open at this point; undefined for a list. */
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const keys = open.at(-1)
      // Two spellings of one key are the same key.
      const key = JSON.parse(last) as string
      if (keys?.has(key) === true) return key
      keys?.add(key)
    }
    last = token
  }
  return undefined
}
