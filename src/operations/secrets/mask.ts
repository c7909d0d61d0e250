/**
 * Removes secrets from a text, in any form: as they are, quoted for JSON or a URL (whole or in
 * part), in hexadecimal digits, or in base64, also as a part of a longer text that was encoded as a
 * whole (`user:secret`).
 */

/** Shorter values are not masked: they occur in too many words and hashes. */
const SHORTEST = 6

/** The pattern of each secret, made once: an apply masks the errors of every refusal. */
const patterns = new Map<string, RegExp>()

/** The text with `***` in place of each secret of at least six characters. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const pieces = secrets
    // Each line of a secret with several lines may appear alone.
    .flatMap((secret) => [secret, ...secret.split(/\r?\n/)])
    .filter((piece) => piece.length >= SHORTEST)
    // The longest first: a secret may be the beginning of another.
    .sort((a, b) => b.length - a.length)
  return [...new Set(pieces)].reduce((left, piece) => {
    const pattern = patterns.get(piece) ?? patternOf(piece)
    patterns.set(piece, pattern)
    return left.replace(pattern, '***')
  }, text)
}

function patternOf(secret: string): RegExp {
  const bytes = Buffer.from(secret)
  const forms = [
    Array.from(secret, characterPattern).join(''),
    Array.from(bytes.toString('hex'), (digit) => anyCase(digit)).join(''),
    ...[0, 1, 2].map((offset) => base64Pattern(bytes, offset)),
  ]
  return new RegExp(forms.filter((form) => form !== '').join('|'), 'gu')
}

/** Matches a character as it is, after a backslash, as `\u00e9` or `\x3c`, or percent-encoded. */
function characterPattern(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const units = Array.from({ length: character.length }, (_, at) =>
    hexPattern(character.charCodeAt(at), 4),
  )
  const percent = [...Buffer.from(character)].map((byte) => `%${hexPattern(byte, 2)}`).join('')
  const short = SHORT_ESCAPES[character]
  return `(?:${[
    escapePattern(character),
    ...('"\\/\''.includes(character) ? [`\\\\${escapePattern(character)}`] : []),
    ...(short === undefined ? [] : [`\\\\${short}`]),
    units.map((unit) => `\\\\u${unit}`).join(''),
    ...(code < 0x100 ? [`\\\\x${hexPattern(code, 2)}`] : []),
    percent,
    ...(character === ' ' ? ['\\+'] : []),
  ].join('|')})`
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
}

function hexPattern(code: number, digits: number): string {
  return Array.from(code.toString(16).padStart(digits, '0'), anyCase).join('')
}

function anyCase(digit: string): string {
  return /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit
}

/**
 * Matches the base64 digits that encode only the secret, in either alphabet, if the secret begins
 * `offset` bytes (of three) into the encoded text. The digits at both ends also hold bits of the
 * neighbouring bytes, so they are left out.
 */
function base64Pattern(bytes: Buffer, offset: number): string {
  const digits = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  const from = Math.ceil((offset * 8) / 6)
  const to = Math.floor(((offset + bytes.length) * 8) / 6)
  const core = digits.slice(from, to)
  if (core.length < SHORTEST) return ''
  return Array.from(core, (digit) =>
    digit === '+' ? '[+-]' : digit === '/' ? '(?:[/_]|\\\\/)' : digit,
  ).join('')
}

function escapePattern(character: string): string {
  return /\w/.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
