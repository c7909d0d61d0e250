/**
 * A SHA256SUMS file: `hash  name`, `hash *name`, or `SHA256 (name) = hash`, found by the name
 * without its folders. Pure; hashes of other lengths under other names are passed over.
 */
import { parseSha256, type Sha256 } from '../domain/names.ts'
import { show, suggest } from './wording.ts'

export type SumLookup =
  { readonly sha256: Sha256 } | { readonly message: string; readonly hint?: string }

interface Line {
  readonly number: number
  readonly name: string
  readonly hash: string
}

export function findSum(file: string, text: string, name: string): SumLookup {
  const lines = readLines(text)
  const found = lines.filter((line) => line.name === name)
  let first: { readonly number: number; readonly sha256: Sha256 } | undefined
  for (const { number, hash } of found) {
    const sha256 = parseSha256(hash)
    if (sha256 === undefined) return { message: `${show(file)}:${number}: ${explainHash(hash)}` }
    if (first !== undefined && first.sha256 !== sha256) {
      const lines = `lines ${first.number} and ${number}`
      return { message: `${show(file)} has two different hashes for ${show(name)}, in ${lines}` }
    }
    first ??= { number, sha256 }
  }
  return first === undefined ? explainAbsent(file, lines, name) : { sha256: first.sha256 }
}

/** What keeps a text from being a SHA-256. */
export function explainHash(text: string): string {
  const wrong = /[^0-9a-fA-F]/u.exec(text)?.[0]
  if (text === '') return 'the SHA-256 is empty; it has 64 hex digits'
  if (wrong !== undefined) return `a SHA-256 has 64 hex digits; ${show(wrong)} is none`
  return `a SHA-256 has 64 hex digits; these are ${text.length}`
}

function readLines(text: string): readonly Line[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const bsd = /^SHA(?:2-)?256 ?\((.+)\) ?= ?(\S+)$/.exec(line.trimEnd())
    // A leading backslash says that the name is escaped.
    const gnu = /^\\?(\S+)[ \t]+\*?(\S.*)$/.exec(line.trimEnd())
    const [hash, name] = bsd === null ? [gnu?.[1], gnu?.[2]] : [bsd[2], bsd[1]]
    if (hash === undefined || name === undefined || hash.startsWith('#')) return []
    return [{ number: index + 1, name: name.replace(/^.*[/\\]/, ''), hash }]
  })
}

function explainAbsent(file: string, lines: readonly Line[], name: string): SumLookup {
  const message = `${show(file)} has no line for ${show(name)}`
  const names = [...new Set(lines.flatMap((line) => (parseSha256(line.hash) ? [line.name] : [])))]
  if (names.length === 0) return { message, hint: 'it has no line such as "HASH  NAME" at all' }
  return { message, hint: suggest(name, names, 'it has') }
}
