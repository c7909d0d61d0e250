/**
 * Reads one YAML file to plain data, with the place of every key and value. The data has no
 * prototype and no shared parts, and every key is text. Reports problems of YAML, not of the
 * format.
 */
import { isMap, isScalar, isSeq, LineCounter, type Scalar } from 'yaml'
import type { Source } from '../../domain/desired.ts'
import { formatSource, type Problem } from '../../domain/errors.ts'
import { completeVersion, explainNumber } from '../version-text.ts'
import { showText } from '../wording.ts'
import type { YamlProblem } from './yaml-problems.ts'
import { parseSyntax } from './yaml-syntax.ts'

/** The keys and list positions that lead to a value. */
export type Path = readonly (string | number)[]

export interface Places {
  /** The place of the key, or of the list item. */
  key(path: Path): Source
  /** The place of the value; of its key if the value is empty. */
  value(path: Path): Source
  /** A value that is not text, as written in the file: `1.10`, `true`. */
  written(path: Path): string
}

export interface YamlTree {
  readonly data: unknown
  readonly places: Places
}

export interface YamlReading {
  /** Absent if the text is not one YAML document, or is empty. */
  readonly tree?: YamlTree
  readonly problems: readonly Problem[]
}

/** `file`: the path of the file, for places. Never throws. */
export function readYaml(file: string, text: string): YamlReading {
  const locate = locator(file, text)
  const syntax = parseSyntax(text)
  if (syntax.kind === 'problems') {
    return {
      problems: syntax.problems.map((problem) => problemAt(locate(problem.offset), problem)),
    }
  }
  const root = syntax.document.contents
  if (root === null || (isScalar(root) && root.value === null)) {
    const problem = { message: 'the file is empty', hint: 'begin it with version: 1' }
    return { problems: [problemAt(locate(0), problem)] }
  }
  const reader = new TreeReader(locate)
  const data = reader.read(root, [], locate(root.range[0]))
  return { tree: { data, places: reader }, problems: reader.problems }
}

type Locate = (offset: number) => Source

function locator(file: string, text: string): Locate {
  const lines = new LineCounter()
  let start = 0
  do {
    lines.addNewLine(start)
    start = text.indexOf('\n', start) + 1
  } while (start > 0)
  return (offset) => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
}

function problemAt(source: Source, { message, hint }: Omit<YamlProblem, 'offset'>): Problem {
  return { message, source, ...(hint !== undefined && { hint }) }
}

interface YamlPlace {
  readonly key: Source
  readonly value: Source
  readonly written?: string
}

class TreeReader implements Places {
  readonly problems: Problem[] = []
  readonly #locate: Locate
  readonly #start: YamlPlace
  readonly #places = new Map<string, YamlPlace>()

  constructor(locate: Locate) {
    this.#locate = locate
    this.#start = { key: locate(0), value: locate(0) }
  }

  key(path: Path): Source {
    return this.#place(path).key
  }

  value(path: Path): Source {
    return this.#place(path).value
  }

  written(path: Path): string {
    return this.#place(path).written ?? ''
  }

  read(node: unknown, path: Path, key: Source): unknown {
    if (isScalar(node) && node.range) {
      const [start, end] = node.range
      const isEmpty = start === end
      const value = isEmpty ? key : this.#locate(start)
      this.#keep(path, { key, value, written: node.source ?? '' })
      return node.value
    }
    if (isSeq(node) && node.range) {
      this.#keep(path, { key, value: this.#locate(node.range[0]) })
      return node.items.map((item, index) => {
        const start = rangeStart(item)
        return this.read(item, [...path, index], start === undefined ? key : this.#locate(start))
      })
    }
    if (isMap(node) && node.range) {
      this.#keep(path, { key, value: this.#locate(node.range[0]) })
      return this.#readMap(node.items, path)
    }
    this.#keep(path, { key, value: key })
    return null
  }

  #readMap(pairs: readonly { key: unknown; value: unknown }[], path: Path): unknown {
    const data = Object.create(null) as Record<string, unknown>
    for (const pair of pairs) {
      const start = rangeStart(pair.key)
      const source = start === undefined ? this.value(path) : this.#locate(start)
      const key = this.#readKey(pair.key, path, source)
      if (key === undefined) continue
      if (key in data) {
        const first = formatSource(this.key([...path, key]))
        this.problems.push({
          message: `${showText(key)} is given twice, first at ${first}`,
          source,
        })
        continue
      }
      data[key] = this.read(pair.value, [...path, key], source)
    }
    return data
  }

  #readKey(node: unknown, path: Path, source: Source): string | undefined {
    if (!isScalar(node)) {
      this.problems.push({ message: 'a key must be text, not a mapping or list', source })
      return undefined
    }
    if (node.value === '<<' && node.type === 'PLAIN') {
      const hint = 'write the keys out'
      this.problems.push({ message: 'YAML merge keys are not accepted: <<', source, hint })
      return undefined
    }
    if (typeof node.value === 'string') return node.value
    const { message, key } = explainKey(node, isVersions(path))
    this.problems.push({ message, source })
    return key
  }

  #keep(path: Path, place: YamlPlace): void {
    this.#places.set(pointer(path), place)
  }

  #place(path: Path): YamlPlace {
    for (let length = path.length; length >= 0; length--) {
      const place = this.#places.get(pointer(path.slice(0, length)))
      if (place !== undefined) return place
    }
    return this.#start
  }
}

/** Explains a key that is not text, and returns the key that was probably meant. */
function explainKey(node: Scalar, isVersion: boolean): { message: string; key?: string } {
  const written = node.source ?? ''
  if (typeof node.value === 'number') {
    const suggestion = isVersion ? completeVersion(written) : undefined
    const message = explainNumber(written, node.value, isVersion ? 'version' : 'text')
    return { message, key: suggestion ?? written }
  }
  if (written === '') return { message: 'there is a value without a key' }
  return {
    message: `the key ${showText(written)} is not read as text; put it in quotes`,
    key: written,
  }
}

/** Keys below `plugins.<id>.versions` are versions. */
function isVersions(path: Path): boolean {
  return path.length === 3 && path[0] === 'plugins' && path[2] === 'versions'
}

function rangeStart(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined
}

function pointer(path: Path): string {
  return JSON.stringify(path.map(String))
}
