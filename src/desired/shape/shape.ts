/**
 * Checks a file's data against the JSON Schema and reports, once for each place, what does not fit.
 * Every part of the returned document has its type, or is undefined if it did not fit.
 */
import type { ErrorObject, ValidateFunction } from 'ajv'
import type { DesiredStateDocument } from '../../documents/desired-state.generated.ts'
import type { Problem } from '../../domain/errors.ts'
import type { SchemaMismatch } from './schema-mismatch.ts'
import { explainAlternatives } from './shape-alternatives.ts'
import { explainMismatch } from './explain-mismatch.ts'
import { validateDesiredState } from './shape-validator.generated.ts'
import type { Path, Places, YamlTree } from '../yaml/yaml-tree.ts'

/** A document in which each part has its type, or is undefined if it did not fit. */
export type Checked<T> = T extends readonly (infer Item)[]
  ? readonly (Checked<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Checked<T[Key]> | undefined }
    : T

export type CheckedDocument = Checked<DesiredStateDocument>

export interface Shape {
  /** Absent if the file is not a mapping. */
  readonly document?: CheckedDocument
  readonly problems: readonly Problem[]
}

/** Changes `data`: what does not fit is removed from it. */
export function checkShape({ data, places }: YamlTree): Shape {
  const mismatches = findMismatches(data, places)
  const problems = mismatches.map(({ path, atKey, message, hint }) => ({
    message,
    source: atKey === true ? places.key(path) : places.value(path),
    ...(hint !== undefined && { hint }),
  }))
  for (const { path, drop, keep } of mismatches) if (keep !== true) remove(data, drop ?? path)
  const fits =
    isMapping(data) && mismatches.every(({ path, keep }) => keep === true || path.length > 0)
  return { ...(fits && { document: data }), problems }
}

function findMismatches(data: unknown, places: Places): readonly SchemaMismatch[] {
  // The generated code has no types.
  const validate = validateDesiredState as unknown as ValidateFunction
  if (validate(data)) return []
  const faults = (validate.errors ?? []).map((error) => ({
    error,
    path: readPointer(error.instancePath),
  }))
  const choices = new Set(
    faults.filter(({ error }) => error.keyword === 'oneOf').map(({ error }) => error.instancePath),
  )
  const missing = groupMissing(faults.map(({ error }) => error))
  return faults.flatMap(({ error, path }) => {
    const value = valueAt(data, path)
    const written = places.written(path)
    if (error.keyword === 'oneOf') {
      const mismatches = explainAlternatives(path, value, written)
      // Other parts of the value may not fit either, so the whole value is removed.
      return mismatches.map((mismatch) => ({ drop: path, ...mismatch }))
    }
    // The errors of the branches of a choice would contradict each other.
    if (isWithin(error.instancePath, choices)) return []
    // The error of `propertyNames` itself reports it.
    if (error.propertyName !== undefined) return []
    return explainMismatch({ error, path, value, written, missing: missing.get(error) ?? [] })
  })
}

/** Groups the missing keys of each mapping under the first of its errors. */
function groupMissing(errors: readonly ErrorObject[]): ReadonlyMap<ErrorObject, readonly string[]> {
  const firsts = new Map<string, ErrorObject>()
  const missing = new Map<ErrorObject, string[]>()
  for (const error of errors) {
    if (error.keyword !== 'required') continue
    const first = firsts.get(error.instancePath) ?? error
    firsts.set(error.instancePath, first)
    missing.set(first, [...(missing.get(first) ?? []), String(error.params.missingProperty)])
  }
  return missing
}

function isWithin(pointer: string, choices: ReadonlySet<string>): boolean {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    if (choices.has(at)) return true
  }
  return false
}

/** The segments of a JSON Pointer. List positions stay text: in a pointer they look like keys. */
function readPointer(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const segment of path) value = isMapping(value) ? value[segment] : undefined
  return value
}

function remove(data: unknown, path: Path): void {
  const last = path.at(-1)
  const parent = valueAt(data, path.slice(0, -1))
  if (last !== undefined && isMapping(parent)) parent[last] = undefined
}

function isMapping(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}
