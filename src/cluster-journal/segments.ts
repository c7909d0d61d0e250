/**
 * How a journal is kept in a KV store. The text of a run's journal, JSON lines as in a file, is cut
 * into segments. Each segment is a secret: `<path>/<run>.0001`, `<path>/<run>.0002` and so on. A line
 * may begin in one segment and end in the next. Pure.
 */
import type { JsonObject } from '../domain/exchange.ts'

/**
 * Characters. A segment that has so many is full: the next line begins the next segment. Each step
 * writes its segment again, so a small segment costs less.
 */
const FULL = 32 * 1024
/**
 * The most characters of a segment. In JSON, in UTF-8, these are at most 384 KiB. Raft refuses an
 * entry of more than 1 MiB.
 */
const LARGEST = 128 * 1024

/** A run's id, a point, and the segment's number from 1. Every other secret is left alone. */
const NAME = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-[0-9a-f]{6})\.(\d{4})$/
const MOST_SEGMENTS = 9999

export interface SegmentName {
  readonly run: string
  /** From 1. */
  readonly number: number
}

/** The name of a secret. Undefined if the run would have too many segments. */
export function segmentName({ run, number }: SegmentName): string | undefined {
  return number > MOST_SEGMENTS ? undefined : `${run}.${String(number).padStart(4, '0')}`
}

/** Undefined if this is no segment's name. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const [, run, number] = NAME.exec(name) ?? []
  return run === undefined || number === undefined ? undefined : { run, number: Number(number) }
}

/** The content of a segment's secret. */
export function segmentContent({ run, number }: SegmentName, text: string): JsonObject {
  return { journal: 1, run, segment: number, text }
}

/**
 * The text of a segment. Undefined if the secret is not this segment: any program may have written
 * it.
 */
export function textOfSegment(
  secret: JsonObject,
  { run, number }: SegmentName,
): string | undefined {
  const { journal, run: found, segment, text } = secret
  const isSegment = journal === 1 && found === run && segment === number
  return isSegment && typeof text === 'string' ? text : undefined
}

export function isFull(text: string): boolean {
  return text.length >= FULL
}

/** Cuts `more` so that the first part fits into a segment that has `text`. */
export function cutToFit(text: string, more: string): readonly [part: string, rest: string] {
  const room = LARGEST - text.length
  if (more.length <= room) return [more, '']
  // A character beyond U+FFFF has two units, which must stay together.
  const isPair = /[\uD800-\uDBFF]/.test(more.charAt(room - 1))
  const at = isPair ? room - 1 : room
  return [more.slice(0, at), more.slice(at)]
}
