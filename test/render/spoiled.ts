/** Documents with texts that somebody hostile wrote. */

/** Would act in a terminal, or begin a line. */
export const EVIL = 'x\u001b[2J\u0000\r\nFORGED\u2028FORGED\u202e\u200b\u009b31m\ue000y'

/** What a document's schema, or a type, lets be one of a few words only. */
const WORDS = new Set(
  'kind action severity role state answers product fact class is what id_source checked_at event outcome'.split(
    ' ',
  ),
)

/** The document once for each of its texts, that one hostile. */
export function* spoiled<Document>(document: Document, text: string): Generator<Document> {
  for (const path of placesOf(document)) yield withText(document, [path], text)
}

/** The document with every text hostile. */
export function spoiledAll<Document>(document: Document, text: string): Document {
  return withText(document, placesOf(document), text)
}

type Path = readonly (string | number)[]

function placesOf(document: unknown): readonly Path[] {
  const places: Path[] = []
  const walk = (value: unknown, path: Path): void => {
    if (typeof value === 'string' && !WORDS.has(String(path.at(-1)))) places.push(path)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) walk(one, [...path, key])
    }
  }
  walk(document, [])
  return places
}

function withText<Document>(document: Document, paths: readonly Path[], text: string): Document {
  const copy = structuredClone(document)
  for (const path of paths) {
    let at = copy as Record<string | number, unknown>
    for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>
    at[path.at(-1)!] = text
  }
  return copy
}

/** Would act in a page: elements, attributes, ends of whatever it may stand in, and `EVIL` too. */
export const EVIL_MARKUP = `a"'><img src=x onerror=alert(1)></style><script>alert(1)</script></title><!-- <a href="javascript:alert(1)">l</a> ]]> &lt;b&gt; \${x} \` onload=alert(1) style=color:red \ufffe\ud800${EVIL}`
