/**
 * Reads the desired state in a plan file with the code that reads the files themselves. Every name,
 * version and path is checked again, since the author of the plan file may have written anything.
 * No other file is read.
 */
import type { DesiredState, Source } from '../domain/desired.ts'
import { InputError, type Problem } from '../domain/errors.ts'
import type { Files } from './files/files.ts'
import type { InputFile } from './input-file.ts'
import { type LoadOptions, readState } from './load-desired-state.ts'
import { checkShape } from './shape/shape.ts'
import type { Path, Places } from './yaml/yaml-tree.ts'

/**
 * `document` is the plan's `desired`; `planFile` is used in messages. Values of `env` that are
 * written in the file of desired state are `withheld`. Throws an InputError with every problem,
 * each with its JSON Pointer in the plan file.
 */
export async function readDesiredOfPlan(
  planFile: string,
  document: unknown,
  options: Pick<LoadOptions, 'rules'>,
): Promise<DesiredState> {
  const problems: Problem[] = []
  const report = (problem: Problem): void => void problems.push(problem)
  // A copy, since `checkShape` removes what does not fit from its input.
  const data = withoutPrototypes(document)
  const places = placesIn(planFile, document)
  const shape = checkShape({ data, places })
  shape.problems.forEach(report)
  const files = shape.document === undefined ? [] : [inputFile(shape.document, places)]
  for (const { document: found } of files) refuseForbiddenKeys(found, places, report)
  const state = await readState(files, { ...options, files: NO_FILES }, true, report)
  if (problems.length > 0) throw new InputError(problems)
  return { ...state, plugins: state.plugins.map(withholdValues) }
}

/**
 * A copy without prototypes, as the YAML reader makes it: `constructor` is a key like any other.
 */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.create(null) as Record<string, unknown>
  for (const [key, inside] of Object.entries(value)) copy[key] = withoutPrototypes(inside)
  return copy
}

/** Commands in a plan are relative to the folder where apply runs, so the file has no name. */
function inputFile(document: InputFile['document'], places: Places): InputFile {
  return { file: '', document, places }
}

function refuseForbiddenKeys(
  { cluster = {}, ignore }: InputFile['document'],
  places: Places,
  report: (problem: Problem) => void,
): void {
  const refuse = (path: Path): void => {
    report({
      message: `${String(path.at(-1))} does not belong in a plan`,
      source: places.key(path),
      hint: 'A plan does not say where its cluster is. Give the address with --address, and nodes with --node.',
    })
  }
  for (const key of ['address', 'nodes'] as const) if (key in cluster) refuse(['cluster', key])
  if (ignore !== undefined) refuse(['ignore'])
}

/** Refuses every read: a plan holds the hashes themselves. */
const NO_FILES: Files = {
  kind: () => Promise.resolve({ failure: REFUSED }),
  list: () => Promise.resolve({ failure: REFUSED }),
  read: () => Promise.resolve({ failure: REFUSED }),
  sha256: () => Promise.resolve({ failure: REFUSED }),
}
const REFUSED = 'is not read: a plan holds the hashes themselves'

function withholdValues(plugin: DesiredState['plugins'][number]): typeof plugin {
  return {
    ...plugin,
    versions: plugin.versions.map((version) => ({
      ...version,
      env: version.env.map((variable) =>
        'value' in variable ? { name: variable.name, withheld: true } : variable,
      ),
    })),
  }
}

function placesIn(planFile: string, document: unknown): Places {
  const sourceOf = (path: Path): Source => ({
    file: `${planFile}#/${['desired', ...path].map(escapeSegment).join('/')}`,
    line: 0,
    column: 0,
  })
  return {
    key: sourceOf,
    value: sourceOf,
    written: (path) => {
      let value = document
      for (const segment of path) {
        value =
          typeof value === 'object' && value !== null && Object.hasOwn(value, segment)
            ? (value as Record<string | number, unknown>)[segment]
            : undefined
      }
      return value === undefined ? '' : JSON.stringify(value)
    },
  }
}

function escapeSegment(segment: string | number): string {
  return String(segment).replaceAll('~', '~0').replaceAll('/', '~1')
}
