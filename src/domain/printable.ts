/**
 * Text that somebody else wrote (a server, a file, a journal, a lock), made fit to be shown. The
 * one place that knows which characters do something to a terminal or to the eye.
 */

/**
 * Controls (C0, DEL, C1), what is invisible or turns the direction of writing (format characters,
 * default-ignorable ones), line separators, private-use characters and halves of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu

/**
 * Where a command for a CI system begins that finds it anywhere in its log: `##vso[` of Azure
 * Pipelines, `##[` of it and of GitHub Actions. Such a command can set variables of later steps.
 */
const RUNNER_COMMAND = /#(?=#(?:vso)?\[)/gi

/** GitHub Actions takes a line for a command that begins so, after any space. */
const RUNNER_COMMAND_LINE = /^([^\S\n]*):(?=:)/gm

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line: each character that cannot be seen stands there as its escape, `\n` or `\u{202e}`. */
export function printable(text: string): string {
  return escapeCommands(text.replace(UNPRINTABLE, escapeCharacter))
}

/** The same for a text of several lines, whose line breaks are this program's own. */
export function printableLines(text: string): string {
  return escapeCommands(
    text.replace(UNPRINTABLE, (character) =>
      character === '\n' ? character : escapeCharacter(character),
    ),
  )
}

function escapeCommands(text: string): string {
  return text.replace(RUNNER_COMMAND, '\\u{23}')
}

/** No line of it is a command for GitHub Actions. */
function withoutCommandLines(text: string): string {
  return text.replace(RUNNER_COMMAND_LINE, '$1\\u{3a}')
}

/**
 * A tag for what is said in a line or a few of this program's own: `line`run ${name} ended``. What
 * is filled in cannot begin a line, and the line is ended.
 */
export function line(
  texts: TemplateStringsArray,
  ...filledIn: readonly (string | number)[]
): string {
  const rest = filledIn.map((value, at) => printable(String(value)) + (texts[at + 1] ?? ''))
  return withoutCommandLines(`${texts[0] ?? ''}${rest.join('')}\n`)
}

/** Ends a text whose lines were drawn by a renderer, which made each of them fit to be shown. */
export function lines(...drawn: readonly string[]): string {
  return withoutCommandLines(drawn.map((text) => `${text}\n`).join(''))
}

/** Ends annotations: their lines are commands for GitHub Actions, and this program's own. */
export function commandLines(drawn: string): string {
  return `${drawn}\n`
}

/**
 * A document as JSON, with JSON's own escapes (`\u202e`) for what cannot be seen: it reads back as
 * the same value, and does nothing to a terminal. `indent` as in `JSON.stringify`.
 */
export function jsonText(value: unknown, indent?: number): string {
  return escapeQuoted(JSON.stringify(value, null, indent)).replace(RUNNER_COMMAND, '\\u0023')
}

/** For JSON, and for YAML whose strings with such characters are in double quotes. */
export function escapeQuoted(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, at) => {
          const unit = character.charCodeAt(at).toString(16).padStart(4, '0')
          return `\\u${unit}`
        }).join(''),
  )
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return SHORT[character] ?? `\\u{${code.toString(16)}}`
}
