/**
 * Explains an error in YAML at the line where it was probably made: the library reports where it
 * failed, which may be the end of the file. Messages quote only punctuation, since a text may be a
 * secret.
 */
import { CST, Lexer, type YAMLError } from 'yaml'

export interface YamlProblem {
  /** The offset in the text, from 0. */
  readonly offset: number
  readonly message: string
  readonly hint?: string
}

/** Finds that the text is not YAML at all: it has a merge conflict. */
export function findForeign(text: string): YamlProblem | undefined {
  const conflict = /^(?:<{7}|>{7})(?: |\r?$)/m.exec(text)
  if (conflict !== null) {
    return {
      offset: conflict.index,
      message: 'a merge conflict was not resolved here',
      hint: 'choose one of the two sides, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>',
    }
  }
  return undefined
}

/** Finds HCL by its first line: `plugin "secret" "kv" {` or `version = 1`. */
export function findHcl(text: string): YamlProblem | undefined {
  const first = /^[ \t]*(?!#|\/\/)\S.*$/m.exec(text)
  if (first === null) return undefined
  const isHcl = /^\s*[\w-]+(?:\s+"[^"]*")*\s*(?:\{\s*$|=\s*\S)/.test(first[0])
  if (!isHcl) return undefined
  const offset = first.index + first[0].search(/\S/)
  return {
    offset,
    message: 'this is HCL, not YAML',
    hint: 'write key: value; begin with version: 1',
  }
}

/** Explains the first error of a document, at the place where it was made. */
export function explainError(text: string, error: YAMLError): YamlProblem {
  const lexemes = readLexemes(text)
  const errorOffset = error.pos[0]
  return (
    explainQuote(lexemes, errorOffset) ??
    explainFlow(lexemes, errorOffset, error) ??
    explainIndentation(text, lexemes, errorOffset, error) ??
    describeError(error)
  )
}

type LexemeType = ReturnType<typeof CST.tokenType> | 'plain-scalar' | 'end'

interface Lexeme {
  readonly type: LexemeType
  readonly offset: number
  readonly source: string
  /** The brackets that are open before this lexeme. */
  readonly open: readonly Lexeme[]
}

/** The lexemes that have text, without spaces, line ends and comments; then the end. */
function readLexemes(text: string): readonly Lexeme[] {
  const lexemes: Lexeme[] = []
  let open: readonly Lexeme[] = []
  let offset = 0
  let isPlain = false
  for (const source of new Lexer().lex(text)) {
    const type: LexemeType = isPlain ? 'plain-scalar' : CST.tokenType(source)
    isPlain = type === 'scalar'
    // These lexemes mark a change of mode and have no text.
    if (type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end') continue
    const lexeme: Lexeme = { type, offset, source, open }
    if (type === 'flow-map-start' || type === 'flow-seq-start') open = [...open, lexeme]
    if (type === 'flow-map-end' || type === 'flow-seq-end') open = open.slice(0, -1)
    if (type !== 'space' && type !== 'newline' && type !== 'comment') lexemes.push(lexeme)
    offset += source.length
  }
  return [...lexemes, { type: 'end', offset, source: '', open }]
}

/** The index of the lexeme at an offset, or of the next one. */
function indexAt(lexemes: readonly Lexeme[], errorOffset: number): number {
  const index = lexemes.findIndex(({ offset, source }) => offset + source.length > errorOffset)
  return index === -1 ? lexemes.length - 1 : index
}

function isQuoted({ type }: Lexeme): boolean {
  return type === 'double-quoted-scalar' || type === 'single-quoted-scalar'
}

/** Explains a quote that is not closed, or that is closed by the opening quote of a later text. */
function explainQuote(lexemes: readonly Lexeme[], errorOffset: number): YamlProblem | undefined {
  const explain = (offset: number): YamlProblem => ({
    offset,
    message: 'the quote that begins here is not closed on its line',
    hint: 'add the quote at the end of the text',
  })
  const unclosed = lexemes.find((lexeme) => isQuoted(lexeme) && !isClosed(lexeme.source))
  if (unclosed !== undefined) return explain(unclosed.offset)
  const before = lexemes[indexAt(lexemes, errorOffset) - 1]
  if (before !== undefined && isQuoted(before) && before.source.includes('\n')) {
    return explain(before.offset)
  }
  return undefined
}

function isClosed(source: string): boolean {
  const quote = source.charAt(0)
  if (source.length < 2 || !source.endsWith(quote)) return false
  if (quote === "'") return true
  // An escaped quote does not close the text.
  return (/\\*$/.exec(source.slice(0, -1))?.[0].length ?? 0) % 2 === 0
}

/** Explains an error inside `{ }` or `[ ]`: a missing comma or a missing closing bracket. */
function explainFlow(
  lexemes: readonly Lexeme[],
  errorOffset: number,
  error: YAMLError,
): YamlProblem | undefined {
  const index = indexAt(lexemes, errorOffset)
  const [before, here, next] = [lexemes[index - 1], lexemes[index], lexemes[index + 1]]
  const open = here?.open ?? []
  const bracket = open.at(-1)
  if (error.code === 'BAD_INDENT' && bracket !== undefined) {
    if (here !== undefined && isEnd(here)) {
      const hint = 'indent it further than the key before the bracket that it closes'
      return { offset: here.offset, message: `this ${here.source} is not indented enough`, hint }
    }
    return {
      offset: bracket.offset,
      message: `this ${bracket.source} is not closed`,
      hint: `add the ${bracket.source === '{' ? '}' : ']'}, or indent the lines that belong to it`,
    }
  }
  if (here === undefined || open.length === 0) return undefined
  const isKey = here.type === 'plain-scalar' && next?.type === 'map-value-ind'
  const between = before !== undefined && endsValue(before) && beginsValue(here)
  const offset =
    (isKey ? endOfFirstWords(here) : undefined) ??
    (between ? before.offset + before.source.length : undefined)
  if (offset === undefined) return undefined
  return {
    offset,
    message: 'a comma is missing here',
    hint: 'inside { } and [ ], put a comma between two items',
  }
}

/** The end of the value in `kv sha256:`, where a comma is missing before the key. */
function endOfFirstWords({ offset, source }: Lexeme): number | undefined {
  const end = /\s+\S+$/.exec(source.trimEnd())?.index
  return end === undefined ? undefined : offset + end
}

function isEnd({ type }: Lexeme): boolean {
  return type === 'flow-map-end' || type === 'flow-seq-end'
}

function endsValue(lexeme: Lexeme): boolean {
  return lexeme.type === 'plain-scalar' || isQuoted(lexeme) || isEnd(lexeme)
}

function beginsValue(lexeme: Lexeme): boolean {
  const { type } = lexeme
  const isStart = type === 'flow-map-start' || type === 'flow-seq-start'
  return isStart || type === 'plain-scalar' || isQuoted(lexeme)
}

/**
 * Explains a line whose indentation differs from its neighbours. YAML reads a line that is indented
 * too far as a part of the text above.
 */
function explainIndentation(
  text: string,
  lexemes: readonly Lexeme[],
  errorOffset: number,
  error: YAMLError,
): YamlProblem | undefined {
  const index = indexAt(lexemes, errorOffset)
  const here = lexemes[index]
  const isKey = lexemes[index + 1]?.type === 'map-value-ind'
  if (here?.type === 'plain-scalar' && isKey && here.source.trimEnd().includes('\n')) {
    const line = here.source.trimEnd().lastIndexOf('\n') + 1
    const offset = here.offset + line + here.source.slice(line).search(/\S/)
    // If this line is not indented further, a colon is missing, which is explained elsewhere.
    if (indentation(text, offset) <= indentation(text, here.offset)) return undefined
    return { offset, message: 'this line is indented too far', hint: HINT_INDENTATION }
  }
  if (error.code !== 'BAD_INDENT') return undefined
  const offset = errorOffset + Math.max(0, text.slice(errorOffset).search(/\S/))
  return {
    offset,
    message: 'this line is not indented as the lines that it belongs with',
    hint: HINT_INDENTATION,
  }
}

const HINT_INDENTATION = 'begin all keys of one mapping in the same column'

/** The number of spaces at the beginning of the line of an offset. */
function indentation(text: string, offset: number): number {
  const line = text.lastIndexOf('\n', offset - 1) + 1
  return text.slice(line).search(/[^ ]/)
}

const HINTS: Partial<Record<YAMLError['code'], string>> = {
  BAD_SCALAR_START: 'put the text in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a text that has a colon and a space in it must be in quotes',
  BLOCK_IN_FLOW: 'inside { } and [ ] only { } and [ ] can be nested',
  MULTILINE_IMPLICIT_KEY: 'is there a colon missing after a key, or a quote at the end of a text?',
  TAB_AS_INDENT: 'indent with spaces',
}

/** Uses the words of the library without its quotes of the text, which may be a secret. */
function describeError(error: YAMLError): YamlProblem {
  const words = error.code === 'BAD_DQ_ESCAPE' ? 'Invalid escape sequence' : error.message
  const message = `not valid YAML: ${words.replace(/(?<=\w): .*$/s, '')}`
  const hint = HINTS[error.code]
  return { offset: error.pos[0], message, ...(hint !== undefined && { hint }) }
}
