/**
 * Decoders for answers. A decoder takes what a server sent and returns the documented value, or
 * reports what is wrong and at which field. A field that is missing or has another type is
 * reported, never replaced by a default.
 */
import type { JsonObject } from '../../domain/exchange.ts'

/** Reads one documented shape. `at`: the path of the value, as `data.nodes[0]`. Throws a Misfit. */
export type Decoder<Value> = (value: unknown, at: string) => Value

/** The result of a decoder: the value, or a sentence about what is wrong. */
export type Decoded<Value> =
  | { readonly kind: 'documented'; readonly value: Value }
  | { readonly kind: 'odd'; readonly problem: string }

/** Thrown only by decoders, and caught only by `decode`. */
class Misfit extends Error {}

/** Throws a Misfit, with a text as `data.nodes is not a list`. */
export function misfit(at: string, problem: string): never {
  throw new Misfit(`${at} ${problem}`)
}

/** Decodes the body of an answer. */
export function decode<Value>(decoder: Decoder<Value>, value: unknown): Decoded<Value> {
  try {
    return { kind: 'documented', value: decoder(value, 'the body') }
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    return { kind: 'odd', problem: error.message }
  }
}

/** The fields of an object. */
export function fields(value: unknown, at: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return misfit(at, 'is not an object')
  }
  return value as JsonObject
}

/** A list, each element decoded by `item`. */
export function list<Item>(value: unknown, at: string, item: Decoder<Item>): readonly Item[] {
  if (!Array.isArray(value)) return misfit(at, 'is not a list')
  return value.map((element, index) => item(element, `${at}[${index}]`))
}

/** A text, which may be empty. */
export function text(value: unknown, at: string): string {
  return typeof value === 'string' ? value : misfit(at, 'is not a text')
}

/** A text that is not empty. */
export function nonEmptyText(value: unknown, at: string): string {
  return text(value, at) || misfit(at, 'is empty')
}

/** True or false. */
export function truth(value: unknown, at: string): boolean {
  return typeof value === 'boolean' ? value : misfit(at, 'is neither true nor false')
}

/** A whole number that is not negative. */
export function wholeNumber(value: unknown, at: string): number {
  return Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : misfit(at, 'is not a whole number')
}

/** Decodes a field that may be absent by the documentation. */
export function optional<Value>(
  value: unknown,
  at: string,
  decoder: Decoder<Value>,
): Value | undefined {
  return value === undefined ? undefined : decoder(value, at)
}

/** The object `data` of an answer, in which servers put the result. */
export function dataOf(body: unknown, at: string): JsonObject {
  return fields(fields(body, at)['data'], 'data')
}

/** Empty, or 64 hex digits. */
export function sha256(value: unknown, at: string): string {
  const hash = text(value, at)
  return hash === '' || /^[0-9a-fA-F]{64}$/.test(hash) ? hash : misfit(at, 'is not a SHA-256')
}

/**
 * The hash of a catalog entry: hexadecimal of any length, or empty. Measured on Vault 1.21.4: a
 * registration with `sha256: "00"` is accepted and listed with that hash. No file has it.
 */
export function registeredHash(value: unknown, at: string): string {
  const hash = text(value, at)
  return /^([0-9a-fA-F]{2})*$/.test(hash) ? hash : misfit(at, 'is not hexadecimal')
}
