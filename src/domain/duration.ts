/** Parses times as users write them, for every option and variable that holds one. */

/** In seconds. The units of Go, which the servers' own command lines accept, and days. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
}
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g

/** Ten years, in seconds: a date that is so far ahead can still be written. */
const LONGEST = 3650 * 86_400

/** In milliseconds, about 24 days. Node fires a longer timer after 1 ms. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** The hint for errors: what a user should write. */
export const DURATION_HINT =
  'Write a time such as 30s, 1m30s, 24h or 7d, of at most 3650d. A number alone is seconds.'

/** Parses `90`, `1m30s`, `1.5h`, `500ms` or `7d` to seconds; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const seconds = sumParts(text)
  return seconds === undefined || seconds > LONGEST ? undefined : seconds
}

function sumParts(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  if (text === '' || text.replace(PART, '') !== '') return undefined
  return [...text.matchAll(PART)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? 0),
    0,
  )
}

/** About so many seconds, for a sentence: `45 s`, `3 min`, `1.5 h`, `3 days`. */
export function describeDuration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800
    ? `${(seconds / 3600).toFixed(1)} h`
    : `${Math.floor(seconds / 86_400)} days`
}
