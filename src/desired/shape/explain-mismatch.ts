/**
 * Explains in one sentence how a value fails the schema: what it is, and what it must be. Values of
 * environment variables are never shown.
 */
import type { ErrorObject } from 'ajv'
import { PLUGIN_TYPES } from '../../domain/names.ts'
import { knownKeys } from './schema-keys.ts'
import type { SchemaMismatch } from './schema-mismatch.ts'
import { explainNumber } from '../version-text.ts'
import { findClosest, listWords, showText, suggest } from '../wording.ts'
import type { Path } from '../yaml/yaml-tree.ts'

export interface SchemaError {
  readonly error: ErrorObject
  readonly path: Path
  readonly value: unknown
  /** The value as written in the file, if it is a scalar. */
  readonly written: string
  /** All missing required keys of the mapping, at the first of its errors; empty at the others. */
  readonly missing: readonly string[]
}

/** The mismatches of one schema error; empty if another error or a later check reports it. */
export function explainMismatch(schemaError: SchemaError): readonly SchemaMismatch[] {
  const { error, path, value, written, missing } = schemaError
  switch (error.keyword) {
    case 'required':
      return missing.length === 0 ? [] : [explainMissing(path, missing)]
    case 'additionalProperties':
      return [explainUnknownKey(path, String(error.params.additionalProperty))]
    case 'propertyNames':
      return [explainName(path, String(error.params.propertyName))]
    case 'type':
      return [explainType(path, String(error.params.type), value, written)]
    case 'const':
      return [explainConstant(path, value, written, error.params.allowedValue)]
    case 'pattern':
      return [explainPattern(path, String(value))]
    case 'minLength':
    case 'minItems':
      return [{ path, message: `${nameOf(path)} is empty`, atKey: true }]
    // One version can be written in several ways, so the reader of versions checks this.
    case 'uniqueItems':
      return []
    default:
      return [{ path, message: `${nameOf(path)} ${error.message ?? 'does not fit the schema'}` }]
  }
}

/** The name of a place in a sentence: `use`, `item 2 of retire`, `the file`. */
export function nameOf(path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return 'the file'
  const parent = path.at(-2)
  if (parent === 'env' && !isVariableName(String(last))) return 'this variable'
  const inList = parent !== undefined && LISTS.has(parent)
  return inList ? `item ${Number(last) + 1} of ${parent}` : showText(String(last))
}

/** False for texts such as `NAME=value`, which may hold a secret and must not be shown. */
function isVariableName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
}

const LISTS: ReadonlySet<string | number> = new Set([
  'allow',
  'args',
  'binary_check',
  'ignore',
  'nodes',
  'retire',
  'run',
  'verify',
])

/** Describes the type of a value without showing it. */
export function describeValue(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'boolean') return 'true or false'
  return typeof value === 'string' ? 'text' : 'a number'
}

const EXPECTED_TYPES: Readonly<Record<string, string>> = {
  object: 'a mapping of keys to values',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
}

function explainType(path: Path, type: string, value: unknown, written: string): SchemaMismatch {
  const expected = EXPECTED_TYPES[type] ?? type
  const name = nameOf(path)
  if (value === null) return { path, message: `${name} is empty; it must be ${expected}` }
  if (type === 'string' && typeof value === 'number') {
    return { path, message: explainNumber(written, value, isVersion(path) ? 'version' : 'text') }
  }
  if (type === 'string' && typeof value === 'boolean') {
    return { path, message: `${name} must be text; put ${showText(written)} in quotes` }
  }
  if (type === 'boolean' && typeof value === 'string') return explainBoolean(path, value)
  return { path, message: `${name} must be ${expected}, not ${describeValue(value)}` }
}

/** YAML 1.1 had more words for true and false than YAML 1.2 has. */
function explainBoolean(path: Path, text: string): SchemaMismatch {
  const word = text.toLowerCase()
  const yes = ['yes', 'y', 'on', 'true'].includes(word)
  const no = ['no', 'n', 'off', 'false'].includes(word)
  const message = `${nameOf(path)} must be true or false, not the text ${showText(text)}`
  return { path, message, ...((yes || no) && { hint: `write ${yes}` }) }
}

function isVersion(path: Path): boolean {
  return path.at(-1) === 'use' || path.at(-2) === 'retire'
}

function explainMissing(path: Path, missing: readonly string[]): SchemaMismatch {
  const verb = missing.length === 1 ? 'is' : 'are'
  const place = { path, keep: true, atKey: true }
  const message = `${listWords(missing)} ${verb} missing`
  if (path.length === 0) return { ...place, message, hint: 'begin the file with version: 1' }
  const hint = MISSING_HINTS[`${path[0]}.${missing[0]}`]
  return {
    ...place,
    message: `${message} from ${nameOf(path)}`,
    ...(hint !== undefined && { hint }),
  }
}

/** By the part of the file, and the missing key. */
const MISSING_HINTS: Readonly<Record<string, string>> = {
  'mounts.plugin': 'say which plugin runs there, e.g. plugin: secret/my-kv',
  'connections.plugin': 'say which plugin runs there, e.g. plugin: database/redis',
  'plugins.command': "say the file's name in the plugin directory",
  'plugins.sha256': 'give 64 hex digits, { sums: FILE } or { binary: FILE }',
  'cluster.kv': 'name a secret of a KV version 2 mount, e.g. kv: secret/lockstep',
  'allow.because': 'say why it is accepted',
  'ignore.because': 'say why it is ignored',
}

function explainUnknownKey(path: Path, key: string): SchemaMismatch {
  const hint = suggest(key, knownKeys(path), 'known here:')
  return {
    path: [...path, key],
    keep: true,
    atKey: true,
    message: `unknown key ${showText(key)}`,
    hint,
  }
}

function explainName(path: Path, name: string): SchemaMismatch {
  const place = { path: [...path, name], keep: true, atKey: true }
  if (path[0] === 'plugins' && path.length === 1) return { ...place, ...explainPluginId(name) }
  return {
    ...place,
    message: 'this cannot be the name of an environment variable',
    hint: 'write NAME: value, the name of letters, digits and _, not beginning with a digit',
  }
}

function explainConstant(
  path: Path,
  value: unknown,
  written: string,
  allowed: unknown,
): SchemaMismatch {
  const expected = String(allowed)
  // A number in quotes is text, but looks the same.
  const isText = value === expected && value !== allowed
  const found =
    written === '' ? '' : isText ? `, not the text "${expected}"` : `, not ${showText(written)}`
  const which = path[0] === 'version' ? ', the version of this file format' : ''
  return { path, message: `${nameOf(path)} must be ${expected}${which}${found}` }
}

function explainPattern(path: Path, value: string): SchemaMismatch {
  if (path.at(-1) === 'plugin') return { path, ...explainPluginId(value) }
  return {
    path,
    message: `${showText(value)} is not a path of a secret`,
    hint: 'write <mount>/<path>, e.g. secret/lockstep',
  }
}

function explainPluginId(text: string): { message: string; hint: string } {
  const form = `write type/name, where type is ${listWords(PLUGIN_TYPES, 'or')}`
  const slash = text.indexOf('/')
  const type = findClosest(text.slice(0, slash), PLUGIN_TYPES)
  const suggestion = slash > 0 && type !== undefined ? `${type}${text.slice(slash)}` : undefined
  const hint =
    suggestion !== undefined && suggestion !== text ? `did you mean ${showText(suggestion)}?` : form
  return { message: `${showText(text)} is not a plugin`, hint }
}
