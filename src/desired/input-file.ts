/**
 * One file of the desired state after the check of its shape, with the places of its parts. Every
 * reader of a part gets it, and a function to report problems.
 */
import type { Source } from '../domain/desired.ts'
import { formatSource, type Problem } from '../domain/errors.ts'
import type { CheckedDocument } from './shape/shape.ts'
import { showText } from './wording.ts'
import type { Path, Places } from './yaml/yaml-tree.ts'

/** In bytes. Enough for many thousand mounts. */
export const LARGEST_FILE = 1024 * 1024

export interface InputFile {
  /** The path as the user gave it. */
  readonly file: string
  readonly document: CheckedDocument
  readonly places: Places
}

export type Report = (problem: Problem) => void

/** The places of a key and its value. */
export interface KeyAndValue {
  readonly key: Source
  readonly value: Source
}

/** The place of the key and of the value at a path in the file. */
export function placeOf({ places }: InputFile, ...path: Path): KeyAndValue {
  return { key: places.key(path), value: places.value(path) }
}

/** True if the name was not claimed before. Otherwise a problem with both places is reported. */
export type ClaimName = (name: string, source: Source) => boolean

/** Returns a function that claims names. `what`: what the names are, for the message. */
export function claimOnce(what: string, report: Report): ClaimName {
  const claimed = new Map<string, Source>()
  return (name, source) => {
    const first = claimed.get(name)
    if (first === undefined) {
      claimed.set(name, source)
      return true
    }
    report({
      message: `${what} ${showText(name)} is given twice, first at ${formatSource(first)}`,
      source,
    })
    return false
  }
}
