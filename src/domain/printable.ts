/**
 * Makes text of others (a server, a file, a journal, a lock) safe to show. Only this file knows
 * which characters act on a terminal or mislead a reader.
 */

/**
 * Control characters (C0, DEL, C1), characters that are invisible or change the direction of
 * writing (format characters, default-ignorable ones), line separators, private-use characters and
 * halves of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu

/**
 * The beginning of a command that a CI system finds anywhere in its log: `##vso[` (Azure
 * Pipelines), `##[` (Azure Pipelines and GitHub Actions). Such a command can set variables of later
 * steps.
 */
const RUNNER_COMMAND = /#(?=#(?:vso)?\[)/gi

/** GitHub Actions takes a line as a command if it begins so, after any spaces. */
const RUNNER_COMMAND_LINE = /^([^\S\n]*):(?=:)/gm

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line, with an escape for each character that cannot be seen: `\n` or `\u{202e}`. */
export function printable(text: string): string {
  return escapeCommands(text.replace(UNPRINTABLE, escapeCharacter))
}

/** The same for a text with several lines. Its line breaks come from this program and stay. */
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

/** Escapes the beginning of lines that GitHub Actions would take as commands. */
function withoutCommandLines(text: string): string {
  return text.replace(RUNNER_COMMAND_LINE, '$1\\u{3a}')
}

/**
 * A template tag for a line of output: `line`run ${name} ended``. A filled-in value cannot begin a
 * new line. A newline is added.
 */
export function line(
  texts: TemplateStringsArray,
  ...filledIn: readonly (string | number)[]
): string {
  const rest = filledIn.map((value, at) => printable(String(value)) + (texts[at + 1] ?? ''))
  return withoutCommandLines(`${texts[0] ?? ''}${rest.join('')}\n`)
}

/** Adds newlines to texts of a renderer, which has escaped each value already. */
export function lines(...drawn: readonly string[]): string {
  return withoutCommandLines(drawn.map((text) => `${text}\n`).join(''))
}

/**
 * Adds the newline to annotations. Their lines are commands for GitHub Actions, made by this
 * program.
 */
export function commandLines(drawn: string): string {
  return `${drawn}\n`
}

/**
 * A document as JSON with JSON escapes (`\u202e`) for characters that cannot be seen: it parses to
 * the same value and does not act on a terminal. `indent` as in `JSON.stringify`.
 */
export function jsonText(value: unknown, indent?: number): string {
  return escapeQuoted(JSON.stringify(value, null, indent)).replace(RUNNER_COMMAND, '\\u0023')
}

/**
 * Escapes invisible characters in JSON, and in YAML whose strings with such characters are in
 * double quotes.
 */
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
