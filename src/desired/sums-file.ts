/**
 * Finds a hash in a SHA256SUMS file. Lines are `hash  name`, `hash *name`, or `SHA256 (name) =
 * hash`; the name is compared without its folders. A file named after the binary (`kv.sha256`) may
 * hold only one hash without a name. Hashes of other lengths are ignored if they belong to other
 * names. Pure.
 */
import { parseSha256, type Sha256 } from '../domain/names.ts'
import { listFirst, showText } from './wording.ts'

export type SumLookup =
  { readonly sha256: Sha256 } | { readonly message: string; readonly hint?: string }

interface Line {
  readonly number: number
  readonly name: string
  readonly hash: string
}

/** Finds the hash of the file `name`. `file`: the path of the sums file, for messages. */
export function findSum(file: string, text: string, name: string): SumLookup {
  const bare = parseSha256(text.trim())
  if (bare !== undefined)
    return isNamedAfter(file, name) ? { sha256: bare } : explainBare(file, name)
  const lines = readLines(text)
  const found = lines.filter((line) => line.name === name)
  let first: { readonly number: number; readonly sha256: Sha256 } | undefined
  for (const { number, hash } of found) {
    const sha256 = parseSha256(hash)
    if (sha256 === undefined)
      return { message: `${showText(file)}:${number}: ${explainHash('the checksum', hash)}` }
    if (first !== undefined && first.sha256 !== sha256) {
      const lines = `lines ${first.number} and ${number}`
      return {
        message: `${showText(file)} has two different hashes for ${showText(name)}, in ${lines}`,
      }
    }
    first ??= { number, sha256 }
  }
  return first === undefined ? explainAbsent(file, lines, name) : { sha256: first.sha256 }
}

/** Says why a text is not a SHA-256. `what` names the text in the message. */
export function explainHash(what: string, text: string): string {
  const wrong = /[^0-9a-fA-F]/u.exec(text)?.[0]
  if (text === '') return `${what} is empty; it needs 64 hex digits`
  if (wrong !== undefined) return `${what} has ${showText(wrong)} in it; it needs 64 hex digits`
  return `${what} has ${text.length} characters; it needs 64 hex digits`
}

/** True if the file is named as release pages name the checksum file of one binary. */
function isNamedAfter(file: string, name: string): boolean {
  const base = file.replace(/^.*[/\\]/, '')
  return [`${name}.sha256`, `${name}.sha256sum`].includes(base)
}

function explainBare(file: string, name: string): SumLookup {
  return {
    message: `${showText(file)} holds one checksum and does not say of which file`,
    hint: `if it is that of ${showText(name)}, write "HASH  ${showText(name)}" there, or name the file ${showText(name)}.sha256`,
  }
}

function readLines(text: string): readonly Line[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const bsd = /^SHA(?:2-)?256 ?\((.+)\) ?= ?(\S+)$/.exec(line.trimEnd())
    // A leading backslash means that the name is escaped.
    const gnu = /^\\?(\S+)[ \t]+\*?(\S.*)$/.exec(line.trimEnd())
    const [hash, name] = bsd === null ? [gnu?.[1], gnu?.[2]] : [bsd[2], bsd[1]]
    if (hash === undefined || name === undefined || hash.startsWith('#')) return []
    return [{ number: index + 1, name: name.replace(/^.*[/\\]/, ''), hash }]
  })
}

function explainAbsent(file: string, lines: readonly Line[], name: string): SumLookup {
  const message = `${showText(file)} lists no checksum for ${showText(name)}`
  const names = [...new Set(lines.flatMap((line) => (parseSha256(line.hash) ? [line.name] : [])))]
  if (names.length === 0) return { message, hint: 'no line of it is like "HASH  NAME"' }
  // Suggests no similar name: that may be the file of another version.
  return { message, hint: `it lists ${listFirst(names)}` }
}
