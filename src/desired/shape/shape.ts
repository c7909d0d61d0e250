/**
 * Holds a file's data against the JSON Schema and says, once for each place, what does not fit.
 * What it hands on has the right types throughout: where something did not fit there is undefined.
 */
import type { ErrorObject, ValidateFunction } from 'ajv'
import type { DesiredStateDocument } from '../../documents/desired-state.generated.ts'
import type { Problem } from '../../domain/errors.ts'
import type { SchemaMismatch } from './misfit.ts'
import { explainAlternatives } from './shape-alternatives.ts'
import { explainFault } from './shape-faults.ts'
import { validateDesiredState } from './shape-validator.generated.ts'
import type { Path, Places, YamlTree } from '../yaml/yaml-tree.ts'

/** A document in which each part has its type or, where that was wrong, is undefined. */
export type Sound<T> = T extends readonly (infer Item)[]
  ? readonly (Sound<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Sound<T[Key]> | undefined }
    : T

export type SoundDocument = Sound<DesiredStateDocument>

export interface Shape {
  /** Absent where the file is no mapping at all. */
  readonly document?: SoundDocument
  readonly problems: readonly Problem[]
}

/** Consumes the tree: what does not fit is taken out of its data. */
export function checkShape({ data, places }: YamlTree): Shape {
  const misfits = findMisfits(data, places)
  const problems = misfits.map(({ path, atKey, message, hint }) => ({
    message,
    source: atKey === true ? places.key(path) : places.value(path),
    ...(hint !== undefined && { hint }),
  }))
  for (const { path, drop, keep } of misfits) if (keep !== true) remove(data, drop ?? path)
  const fits =
    isMapping(data) && misfits.every(({ path, keep }) => keep === true || path.length > 0)
  return { ...(fits && { document: data }), problems }
}

function findMisfits(data: unknown, places: Places): readonly SchemaMismatch[] {
  // The generated code carries no types of its own.
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
      const misfits = explainAlternatives(path, value, written)
      // What is beside the part that was told of may fit no better.
      return misfits.map((misfit) => ({ drop: path, ...misfit }))
    }
    // What each branch of a choice says would contradict the others.
    if (isWithin(error.instancePath, choices)) return []
    // Said by `propertyNames` itself.
    if (error.propertyName !== undefined) return []
    return explainFault({ error, path, value, written, missing: missing.get(error) ?? [] })
  })
}

/** The keys missing from one mapping, together, under the first error that misses one there. */
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

/** A JSON Pointer's segments; list positions stay text, as pointers cannot tell them apart. */
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
