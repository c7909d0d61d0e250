/**
 * One file of the desired state after its shape was checked, and the places things stand in it.
 * Everything that reads a document's meaning gets it, and a list to put problems into.
 */
import type { Source } from '../domain/desired.ts'
import { formatSource, type Problem } from '../domain/errors.ts'
import type { SoundDocument } from './shape/shape.ts'
import { showText } from './wording.ts'
import type { Path, Places } from './yaml/yaml-tree.ts'

/** In bytes: many thousand mounts. */
export const LARGEST_FILE = 1024 * 1024

export interface InputFile {
  /** As the user gave it. */
  readonly file: string
  readonly document: SoundDocument
  readonly places: Places
}

export type Report = (problem: Problem) => void

/** Something written in a file, to point at. */
export interface KeyAndValue {
  readonly key: Source
  readonly value: Source
}

export function placeOf({ places }: InputFile, ...path: Path): KeyAndValue {
  return { key: places.key(path), value: places.value(path) }
}

/** True unless something of this name was claimed before; then both places are named. */
export type ClaimName = (name: string, source: Source) => boolean

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
