/**
 * Loads YAML files to the desired state of one cluster, merged and checked, with hashes filled in.
 * The only error is an InputError with every problem found, each with its place.
 */
import type { DesiredState } from '../domain/desired.ts'
import { InputError, type Problem } from '../domain/errors.ts'
import { compareText, parsePluginId } from '../domain/names.ts'
import { readAllowances, readIgnores } from './accepted.ts'
import { createHashReader } from './binary-hash.ts'
import { readCluster } from './cluster.ts'
import { loadConnections } from './connections.ts'
import { diskFiles, type Files } from './files/files.ts'
import { filesInFolders } from './files/files-in-folders.ts'
import { findFiles } from './files/find-files.ts'
import { LARGEST_FILE, type InputFile, type Report } from './input-file.ts'
import { loadMounts } from './mounts.ts'
import { createPluginLookup } from './plugin-lookup.ts'
import { readPlugins } from './plugins.ts'
import { checkShape } from './shape/shape.ts'
import { knownKeys } from './shape/schema-keys.ts'
import { showText } from './wording.ts'
import { readYaml } from './yaml/yaml-tree.ts'

export interface LoadOptions {
  /** The names that `allow` may use; not checked if absent. */
  readonly rules?: ReadonlySet<string>
  /** The names that `ignore` may use; not checked if absent. */
  readonly classes?: ReadonlySet<string>
  /**
   * True for untrusted files: only files in the folder of each file are read, with symbolic links
   * resolved.
   */
  readonly staysInFolder?: boolean
  /** Reads the files; from the disk if not given. */
  readonly files?: Files
}

/** Each path is a file, or a directory with *.yaml and *.yml files. */
export async function loadDesiredState(
  paths: readonly string[],
  options: LoadOptions = {},
): Promise<DesiredState> {
  const disk = options.files ?? diskFiles
  const reader = options.staysInFolder === true ? filesInFolders(disk, paths) : disk
  const found = await findFiles(paths, reader)
  const problems = [...found.problems]
  const report: Report = (problem) => problems.push(problem)

  const files: InputFile[] = []
  for (const file of found.files) {
    const input = await readInput(file, reader, report)
    if (input !== undefined) files.push(input)
  }
  const allRead = found.problems.length === 0 && files.length === found.files.length
  const complete = allRead && files.every(({ document }) => hasAllPlugins(document))
  const state = await readState(files, { ...options, files: reader }, complete, report)
  if (problems.length > 0) throw new InputError(arrange(problems, found.files))
  return state
}

/** False if a part of `plugins` could not be read, so that more plugins may be listed there. */
function hasAllPlugins(document: InputFile['document']): boolean {
  if (!('plugins' in document)) return true
  const { plugins } = document
  return plugins !== undefined && Object.keys(plugins).every((id) => parsePluginId(id))
}

async function readInput(
  file: string,
  reader: Files,
  report: Report,
): Promise<InputFile | undefined> {
  const text = await reader.read(file, LARGEST_FILE)
  if ('failure' in text) {
    report({ message: `${showText(file)}: ${text.failure}` })
    return undefined
  }
  const { tree, problems } = readYaml(file, text.value)
  problems.forEach(report)
  if (tree === undefined) return undefined
  const foreign = explainForeign(tree.data)
  if (foreign !== undefined) {
    report({ ...foreign, source: tree.places.value([]) })
    return undefined
  }
  const shape = checkShape(tree)
  shape.problems.forEach(report)
  const { document } = shape
  return document === undefined ? undefined : { file, document, places: tree.places }
}

/**
 * Explains that the file is another kind of document. Shows none of its content, which may be
 * confidential.
 */
function explainForeign(data: unknown): Pick<Problem, 'message' | 'hint'> | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  if ('plan_id' in data) {
    return {
      message: 'this is a saved plan, not a file of desired state',
      hint: 'apply it with lockstep apply FILE, without -f; show it with lockstep show FILE',
    }
  }
  if ('version' in data || knownKeys([]).some((key) => key in data)) return undefined
  const keys = Object.keys(data)
  // A single unknown key may be misspelt, so it is reported with a suggestion instead.
  if (keys.length < 2) return undefined
  return {
    message: 'this is not a file of desired state: none of its keys is known',
    hint: 'begin the file with version: 1, or give another file with -f',
  }
}

/**
 * The desired state of the files together. Problems are reported, and the parts with problems are
 * left out.
 */
export async function readState(
  files: readonly InputFile[],
  { rules, classes, files: reader }: LoadOptions & { readonly files: Files },
  complete: boolean,
  report: Report,
): Promise<DesiredState> {
  const { plugins, names } = await readPlugins(files, createHashReader(reader), report)
  const lookUp = createPluginLookup(names, complete, report)
  return {
    cluster: readCluster(files, report),
    plugins,
    mounts: loadMounts(files, lookUp, report),
    connections: loadConnections(files, lookUp, report),
    allow: readAllowances(files, rules, report),
    ignore: readIgnores(files, classes, report),
  }
}

/** Sorts problems by file and line, those without a place first, and keeps one for each place. */
function arrange(problems: readonly Problem[], files: readonly string[]): readonly Problem[] {
  const order = new Map(files.map((file, index) => [file, index]))
  const firstAtPlace = new Map<string, Problem>()
  for (const problem of problems) {
    const { file = '', line = 0, column = 0 } = problem.source ?? {}
    const rank = order.get(file) ?? -1
    const place = problem.source === undefined ? problem.message : ''
    const key = [rank, line, column].map((number) => String(number + 1).padStart(9, '0'))
    const sortable = `${key.join(':')}${place}`
    // The first problem of a place is the more basic one: the others may follow from it.
    if (!firstAtPlace.has(sortable)) firstAtPlace.set(sortable, problem)
  }
  return [...firstAtPlace].sort(([a], [b]) => compareText(a, b)).map(([, problem]) => problem)
}
