/**
 * Parses a text to one YAML document, or finds the first thing that is not YAML or that this format
 * refuses: anchors, aliases, tags, directives, a second document. These are refused before anything
 * is built from them, so nested aliases are never expanded and deep nesting never fills the stack.
 */
import { Composer, CST, isScalar, Lexer, Parser, type Document } from 'yaml'
import { explainError, type YamlProblem, findForeign, findHcl } from './yaml-problems.ts'

/** Low enough for the stack, and higher than any file needs. */
const DEEPEST_NESTING = 64
const MOST_ERRORS = 1000

export type Syntax =
  | { readonly kind: 'document'; readonly document: Document.Parsed }
  | { readonly kind: 'problems'; readonly problems: readonly YamlProblem[] }

/** The document, or its problems: usually only the first one. */
export function parseSyntax(text: string): Syntax {
  const foreign = findForeign(text)
  if (foreign !== undefined) return { kind: 'problems', problems: [foreign] }
  const refused = findRefused(text)
  if (refused.length > 0) return { kind: 'problems', problems: refused }
  const tokens = readTokens(text)
  if ('offset' in tokens) return { kind: 'problems', problems: [tokens] }
  // `yaml-tree.ts` checks that keys are unique: the library compares each key with every other.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  const [document] = composer.compose(tokens, true, text.length)
  if (document === undefined) return { kind: 'problems', problems: [] }
  const error = document.errors[0]
  // One mistake causes many errors: the first place is the one to fix.
  if (error !== undefined) {
    return { kind: 'problems', problems: [findHcl(text) ?? explainError(text, error)] }
  }
  // YAML reads a short HCL file as one long text.
  const hcl = isScalar(document.contents) ? findHcl(text) : undefined
  if (hcl !== undefined) return { kind: 'problems', problems: [hcl] }
  return { kind: 'document', document }
}

const REFUSED = {
  anchor: { name: 'anchors (&name)', sign: '&', hint: 'write the value out' },
  alias: { name: 'aliases (*name)', sign: '*', hint: 'write the value out' },
  tag: { name: 'tags (!name)', sign: '!', hint: 'write the value without it' },
} as const

function isRefused(type: CST.Token['type'] | null): type is keyof typeof REFUSED {
  return type !== null && Object.hasOwn(REFUSED, type)
}

/**
 * Finds the first anchor, alias and tag, with the number of each. Their text is not shown: it may
 * be a secret.
 */
function findRefused(text: string): YamlProblem[] {
  if (!/[&*!]/.test(text)) return []
  const found = new Map<keyof typeof REFUSED, { offset: number; count: number }>()
  let offset = 0
  let inScalar = false
  for (const lexeme of new Lexer().lex(text)) {
    if (inScalar) inScalar = false
    else {
      const type = CST.tokenType(lexeme)
      if (type === 'scalar') inScalar = true
      // These lexemes mark a change of mode and have no text.
      if (type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end') continue
      if (isRefused(type)) {
        const first = found.get(type)
        if (first === undefined) found.set(type, { offset, count: 1 })
        else first.count++
      }
    }
    offset += lexeme.length
  }
  return [...found].map(([type, { offset, count }]) => {
    const { name, sign, hint } = REFUSED[type]
    const more = count > 1 ? ` (and ${count - 1} more)` : ''
    return {
      offset,
      message: `YAML ${name} are not accepted${more}`,
      hint: `${hint}; a text that begins with ${sign} must be in quotes`,
    }
  })
}

function readTokens(text: string): YamlProblem | readonly CST.Token[] {
  const tokens: CST.Token[] = []
  let documents = 0
  let errors = 0
  for (const token of parseTokens(text)) {
    if (!('type' in token)) return token
    if (token.type === 'directive') {
      return {
        offset: token.offset,
        message: 'YAML directives are not accepted',
        hint: 'leave the line out',
      }
    }
    if (token.type === 'document' && ++documents > 1) {
      return {
        offset: token.offset,
        message: 'a second YAML document begins here',
        hint: 'put each document in its own file',
      }
    }
    // Creating that many errors takes long, and such a text is not YAML with a mistake in it.
    if (token.type === 'error' && ++errors > MOST_ERRORS) {
      return { offset: token.offset, message: 'this is not YAML' }
    }
    tokens.push(token)
  }
  return tokens
}

function* parseTokens(text: string): Generator<CST.Token | YamlProblem> {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    if (parser.stack.length > DEEPEST_NESTING) {
      yield { offset: parser.offset, message: 'this is nested too deeply' }
    }
  }
  yield* parser.end()
}
