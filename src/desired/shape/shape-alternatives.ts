/**
 * Explains what is wrong at a place that accepts several forms (`sha256`, an `env` value, `nodes`,
 * a `verify` check) in one sentence, instead of one for each form.
 */
import type { SchemaMismatch } from './schema-mismatch.ts'
import { describeValue, nameOf } from './explain-mismatch.ts'
import { findClosest, showText } from '../wording.ts'
import type { Path } from '../yaml/yaml-tree.ts'

interface Choice {
  readonly forms: string
  /** The keys of the forms that are mappings. */
  readonly keys: readonly string[]
  /** True if the value may be a secret, so that it must not be shown. */
  readonly secret?: boolean
}

/** By place; `*` matches any key. */
const CHOICES: Readonly<Record<string, Choice>> = {
  'cluster/nodes': { forms: "discover, or a list of each node's own address", keys: [] },
  'plugins/*/versions/*/sha256': {
    forms: '64 hex digits, { sums: FILE } or { binary: FILE }',
    keys: ['sums', 'binary'],
  },
  'plugins/*/versions/*/env/*': { forms: 'text, or { from: NAME }', keys: ['from'], secret: true },
  'mounts/*/verify/*': { forms: '{ read: PATH } or { run: [COMMAND] }', keys: ['read', 'run'] },
}

/** `path`: the place that accepts several forms. `written`: its value as written in the file. */
export function explainAlternatives(path: Path, value: unknown, written: string): SchemaMismatch[] {
  const choice = Object.entries(CHOICES).find(([place]) => matches(path, place))?.[1]
  if (choice === undefined) return [{ path, message: `${nameOf(path)} does not fit the schema` }]
  const message = `${nameOf(path)} must be ${choice.forms}`
  if (Array.isArray(value) && path.at(-1) === 'nodes') return explainNodes(path, value)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return [explainKeys(path, value as Readonly<Record<string, unknown>>, choice, message)]
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    const what = choice.secret === true ? 'its value' : showText(written)
    return [
      { path, message: `${message}; ${what} is read as ${describe(value)}: put it in quotes` },
    ]
  }
  if (typeof value === 'string') {
    return [
      { path, message: choice.secret === true ? message : `${message}, not ${showText(value)}` },
    ]
  }
  return [{ path, message: `${message}; it is ${describeValue(value)}` }]
}

function describe(value: number | boolean): string {
  return typeof value === 'number' ? 'a number' : 'true or false'
}

function explainNodes(path: Path, nodes: readonly unknown[]): SchemaMismatch[] {
  if (nodes.length === 0) {
    return [{ path, message: "nodes is empty; say discover, or list each node's own address" }]
  }
  // A node that is listed twice is found when the addresses are read: one address can be written in
  // two ways.
  return nodes.flatMap((node, index) =>
    typeof node === 'string'
      ? []
      : [
          {
            path: [...path, index],
            drop: [...path, index],
            message: `item ${index + 1} of nodes must be an address, not ${describeValue(node)}`,
          },
        ],
  )
}

function explainKeys(
  path: Path,
  value: Readonly<Record<string, unknown>>,
  { keys, secret }: Choice,
  message: string,
): SchemaMismatch {
  const given = Object.keys(value)
  const unknown = given.find((key) => !keys.includes(key))
  if (unknown !== undefined) {
    const suggestion = findClosest(unknown, keys)
    const hint = suggestion === undefined ? undefined : `did you mean ${suggestion}?`
    return {
      path: [...path, unknown],
      atKey: true,
      message: secret === true ? message : `${message}; unknown key ${showText(unknown)}`,
      ...(hint !== undefined && { hint }),
    }
  }
  const [key, second] = given
  if (second !== undefined) return { path, message: `${message}; give one of them` }
  if (key === undefined) return { path, message: `${message}; it is empty` }
  const inside = value[key]
  // An invalid name may be the secret itself in the wrong place, so it is not shown.
  if (key === 'from' && typeof inside === 'string') {
    return { path: [...path, key], message: 'from must be the name of an environment variable' }
  }
  return { path: [...path, key], message: `${message}; ${key} is ${describeInside(inside)}` }
}

function describeInside(value: unknown): string {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'empty'
  return Array.isArray(value) ? 'not a list of text' : describeValue(value)
}

function matches(path: Path, place: string): boolean {
  const segments = place.split('/')
  return (
    segments.length === path.length &&
    segments.every((segment, index) => segment === '*' || segment === String(path[index]))
  )
}
