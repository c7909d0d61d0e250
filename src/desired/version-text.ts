/**
 * Reads versions as people write them, and finds the version that a near miss probably means. YAML
 * reads an unquoted `1.10` as the number 1.1, so numbers are explained here, too.
 */
import { isBuiltinVersion, parseVersion, UNVERSIONED, type Version } from '../domain/names.ts'
import { showText } from './wording.ts'

export type VersionReading =
  { readonly version: Version } | { readonly message: string; readonly hint?: string }

/** A semantic version or `unversioned`; otherwise what is wrong with the text. */
export function readVersionText(text: string): VersionReading {
  if (text === 'unversioned') return { version: UNVERSIONED }
  const version = parseVersion(text)
  if (version === undefined) {
    const suggestion = completeVersion(text)
    return {
      message: `${showText(text)} is not a semantic version`,
      hint: suggestion === undefined ? 'write v1.2.3, in full' : `did you mean ${suggestion}?`,
    }
  }
  if (/\d{16}/.test(version.replace(/[-+].*/, ''))) {
    return {
      message: `${showText(text)} has a number that no version can have: 15 digits are the most`,
    }
  }
  if (isBuiltinVersion(version)) {
    return {
      message: `${showText(text)} is reserved: +builtin marks the plugins compiled into the server`,
    }
  }
  return { version }
}

/** Completes `v1.2` to `v1.2.0` and `1` to `v1.0.0`; undefined if nothing can be guessed. */
export function completeVersion(text: string): Version | undefined {
  const parts = /^[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?([-+][0-9A-Za-z.+-]*)?$/.exec(text)
  if (parts === null) return undefined
  const [, major = '0', minor = '0', patch = '0', rest = ''] = parts
  const numbers = [major, minor, patch].map((digits) => digits.replace(/^0+(?=\d)/, ''))
  return parseVersion(`v${numbers.join('.')}${rest}`)
}

/** Explains a number that YAML read where text is expected. `written` is the text in the file. */
export function explainNumber(
  written: string,
  value: number,
  expected: 'version' | 'text',
): string {
  const read = String(value)
  const reading = `${showText(written)} is read as ${read === written ? 'a number' : `the number ${read}`}`
  if (expected === 'text') return `${reading}; put it in quotes`
  return `${reading}; write ${completeVersion(written) ?? 'a version such as v1.2.3'} in full`
}
