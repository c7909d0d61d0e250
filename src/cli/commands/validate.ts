/** `lockstep validate`: files of desired state, checked without asking any server. */
import { defaultPaths, loadPaths } from '../load-desired.ts'
import {
  EXIT,
  type ExitCode,
  formatProblem,
  InputError,
  type Problem,
} from '../../domain/errors.ts'
import { jsonText, line, lines } from '../../domain/printable.ts'
import type { Host } from '../host.ts'
import { trustOf } from '../trust.ts'
import type { FileOptions, OutputOptions } from '../options.ts'

type ValidateOptions = FileOptions & OutputOptions & { readonly json?: boolean }

/** Each of `paths` is a configuration of its own; those of `-f` are one, merged. */
export async function validate(
  paths: readonly string[],
  options: ValidateOptions,
  host: Host,
): Promise<ExitCode> {
  const merged = options.file ?? (paths.length === 0 ? undefined : [])
  const configurations = [...paths.map((path) => [path]), ...(merged?.length === 0 ? [] : [merged])]
  const problems: Problem[] = []
  for (const given of configurations) {
    try {
      const configuration = given ?? defaultPaths()
      const { plugins } = await loadPaths(configuration, trustOf(options, host))
      if (options.quiet !== true && options.json !== true) {
        const count = `${plugins.length} plugin${plugins.length === 1 ? '' : 's'}`
        host.out(line`${configuration.join(' + ')}: valid, ${count}`)
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      problems.push(...error.problems)
    }
  }
  if (options.json === true) {
    host.out(lines(jsonText({ valid: problems.length === 0, problems }, 2)))
  } else for (const problem of problems) host.err(lines(formatProblem(problem)))
  return problems.length === 0 ? EXIT.done : EXIT.error
}
