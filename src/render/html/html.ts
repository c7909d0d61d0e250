/**
 * Makes markup from text. The only place of the HTML pages that escapes: a value that is not
 * markup stands in the page as text, whichever server or file it is from.
 */
import { printable } from '../../domain/printable.ts'

/** A part of a page. Only `html` makes one, so that a string can never be taken for markup. */
class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}
export type Html = Markup

export type HtmlValue = string | number | Html | readonly Html[]

/** Nothing at all, for a part that is left out. */
export const NOTHING: Html = new Markup('')

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * A tag for markup: html`<p class="${name}">${text}</p>`. Values stand between tags, or in an
 * attribute in double quotes; never in a tag's name, a comment or a style. Characters that cannot
 * be seen are shown as their escapes (`\u{202e}`).
 */
export function html(texts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  checkPlaces(texts)
  let markup = texts[0] ?? ''
  values.forEach((value, at) => {
    markup += toMarkup(value) + (texts[at + 1] ?? '')
  })
  return new Markup(markup)
}

/** Parts one after another. */
export function join(parts: readonly Html[], separator = ''): Html {
  return new Markup(parts.map(String).join(toMarkup(separator)))
}

function toMarkup(value: HtmlValue): string {
  if (value instanceof Markup) return value.toString()
  if (typeof value === 'string') return escape(value)
  if (typeof value === 'number') return String(value)
  return value.map(toMarkup).join('')
}

function escape(text: string): string {
  return printable(text)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(
      /\p{Noncharacter_Code_Point}/gu,
      (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    )
}

const checked = new WeakSet<TemplateStringsArray>()

/** Throws if a value would stand where an escaped text can still act. A mistake of this program. */
function checkPlaces(texts: TemplateStringsArray): void {
  if (checked.has(texts)) return
  let before = ''
  for (const text of texts.slice(0, -1)) {
    before += text
    if (/<(?:style|script)\b[^>]*>(?!.*<\/)/is.test(before) || /<!--(?!.*-->)/s.test(before)) {
      // eslint-disable-next-line no-restricted-syntax -- a mistake of this program, not of its user
      throw new Error(`a value stands in a style, script or comment: ${before.slice(-40)}`)
    }
    const tag = before.slice(before.lastIndexOf('<'))
    const isInTag = tag.startsWith('<') && !tag.includes('>')
    if (isInTag && !/\s[\w-]+="[^"]*$/.test(tag)) {
      // eslint-disable-next-line no-restricted-syntax -- a mistake of this program, not of its user
      throw new Error(`a value stands in a tag outside a quoted attribute: ${tag}`)
    }
    before += 'x'
  }
  checked.add(texts)
}
