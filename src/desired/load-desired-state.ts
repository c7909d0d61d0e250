/**
 * YAML files → the desired state of one cluster, merged and checked, with hashes filled in.
 * Fails only with an InputError that has every problem found, each with its place.
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
  /** The names `allow` may use; not checked when absent. */
  readonly rules?: ReadonlySet<string>
  /** The names `ignore` may use; not checked when absent. */
  readonly classes?: ReadonlySet<string>
  /**
   * True where others wrote the files: nothing outside the folder of the file that names it is
   * read, symbolic links resolved.
   */
  readonly staysInFolder?: boolean
  /** Where files are read: the disk, unless said otherwise. */
  readonly files?: Files
}

/** Each path is a file, or a directory whose *.yaml and *.yml files are meant. */
export async function loadDesiredState(
  paths: readonly string[],
  options: LoadOptions = {},
): Promise<DesiredState> {
  const disk = options.files ?? diskFiles
  const on = options.staysInFolder === true ? filesInFolders(disk, paths) : disk
  const found = await findFiles(paths, on)
  const problems = [...found.problems]
  const report: Report = (problem) => problems.push(problem)

  const files: InputFile[] = []
  for (const file of found.files) {
    const input = await readInput(file, on, report)
    if (input !== undefined) files.push(input)
  }
  const allRead = found.problems.length === 0 && files.length === found.files.length
  const complete = allRead && files.every(({ document }) => hasAllPlugins(document))
  const state = await readState(files, { ...options, files: on }, complete, report)
  if (problems.length > 0) throw new InputError(arrange(problems, found.files))
  return state
}

/** False where something under `plugins` could not be read, so that more may be meant there. */
function hasAllPlugins(document: InputFile['document']): boolean {
  if (!('plugins' in document)) return true
  const { plugins } = document
  return plugins !== undefined && Object.keys(plugins).every((id) => parsePluginId(id))
}

async function readInput(file: string, on: Files, report: Report): Promise<InputFile | undefined> {
  const text = await on.read(file, LARGEST_FILE)
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

/** Another kind of document. Nothing of it is told: it may hold what is nobody's business here. */
function explainForeign(data: unknown): Pick<Problem, 'message' | 'hint'> | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  if ('plan_id' in data) {
    return {
      message: 'this is a saved plan, not a file of desired state',
      hint: 'carry it out with lockstep apply FILE, without -f; look at it with lockstep show FILE',
    }
  }
  if ('version' in data || knownKeys([]).some((key) => key in data)) return undefined
  const keys = Object.keys(data)
  // One key may be a slip of the pen, and is told with what it may have meant.
  if (keys.length < 2) return undefined
  return {
    message: 'this is not a file of desired state: none of its keys is known',
    hint: 'begin the file with version: 1, or give another file with -f',
  }
}

/** What the files mean together; what is wrong with that is reported, and left out. */
export async function readState(
  files: readonly InputFile[],
  { rules, classes, files: on }: LoadOptions & { readonly files: Files },
  complete: boolean,
  report: Report,
): Promise<DesiredState> {
  const { plugins, names } = await readPlugins(files, createHashReader(on), report)
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

/** In the order of the files and of their lines, what has no place first; one for each place. */
function arrange(problems: readonly Problem[], files: readonly string[]): readonly Problem[] {
  const order = new Map(files.map((file, index) => [file, index]))
  const told = new Map<string, Problem>()
  for (const problem of problems) {
    const { file = '', line = 0, column = 0 } = problem.source ?? {}
    const rank = order.get(file) ?? -1
    const place = problem.source === undefined ? problem.message : ''
    const key = [rank, line, column].map((number) => String(number + 1).padStart(9, '0'))
    const sortable = `${key.join(':')}${place}`
    // What was found first is the more basic fault: the rest may follow from it.
    if (!told.has(sortable)) told.set(sortable, problem)
  }
  return [...told].sort(([a], [b]) => compareText(a, b)).map(([, problem]) => problem)
}
