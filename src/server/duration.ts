/** Parses durations as the servers' command lines do. */

/** Seconds. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
}
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g

/** The seconds of `90` or of Go's `1m30s`. Undefined if the text is neither. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  if (text === '' || text.replace(PART, '') !== '') return undefined
  return [...text.matchAll(PART)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? 0),
    0,
  )
}
