/** `lockstep validate`: checks files of desired state. Asks no server. */
import { loadDesiredFiles } from '../../operations/load-desired.ts'
import { defaultPaths } from '../load-desired.ts'
import {
  EXIT,
  type ExitCode,
  formatProblem,
  InputError,
  type Problem,
} from '../../domain/errors.ts'
import { jsonText, line, lines } from '../../domain/printable.ts'
import type { DesiredPlugin } from '../../domain/desired.ts'
import { versionLabel } from '../../domain/names.ts'
import { buildProblemReport } from '../../render/formats/report.ts'
import { secretArgument } from '../../safety/rules/secret-argument.ts'
import { printReports, withFailureReport, reportRule } from '../formats.ts'
import { hasSecretArgument } from '../../domain/secret-arguments.ts'
import type { Host } from '../host/host.ts'
import { trustOf } from '../trust.ts'
import {
  DEFAULT_FILE,
  type FileOptions,
  type FormatOption,
  type OutputOptions,
} from '../options.ts'

type ValidateOptions = FileOptions & OutputOptions & FormatOption & { readonly json?: boolean }

/** Each of `paths` is a separate configuration. Those of `-f` are merged to one. */
export function validate(
  paths: readonly string[],
  options: ValidateOptions,
  host: Host,
): Promise<ExitCode> {
  const files = [...paths, ...(options.file ?? [])]
  const of = files.length === 0 ? DEFAULT_FILE : files.join(', ')
  return withFailureReport({ command: 'validate', of, format: options.format }, host, (own) =>
    checkFiles(paths, options, own),
  )
}

async function checkFiles(
  paths: readonly string[],
  options: ValidateOptions,
  host: Host,
): Promise<ExitCode> {
  const merged = options.file ?? (paths.length === 0 ? undefined : [])
  const configurations = [...paths.map((path) => [path]), ...(merged?.length === 0 ? [] : [merged])]
  const problems: Problem[] = []
  const warnings: Problem[] = []
  for (const given of configurations) {
    try {
      const configuration = given ?? defaultPaths()
      const { plugins } = await loadDesiredFiles(configuration, trustOf(options, host))
      warnings.push(...findSecretArguments(plugins))
      if (options.quiet !== true && options.json !== true && options.format === undefined) {
        const count = `${plugins.length} plugin${plugins.length === 1 ? '' : 's'}`
        host.out(line`${configuration.join(' + ')}: valid, ${count}`)
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      problems.push(...error.problems)
    }
  }
  if (options.format !== undefined) {
    const of = configurations.map((given) => (given ?? [DEFAULT_FILE]).join(' + ')).join(', ')
    const report = buildProblemReport(of, { problems, warnings, warningRule: SECRET_ARGUMENT })
    printReports(options.format, [report], host)
  } else if (options.json === true) {
    host.out(lines(jsonText({ format: 1, valid: problems.length === 0, problems, warnings }, 2)))
  } else {
    for (const problem of problems) host.err(lines(formatProblem(problem)))
    for (const warning of warnings) host.err(lines(`Warning: ${formatProblem(warning)}`))
  }
  return problems.length === 0 ? EXIT.done : EXIT.error
}

const SECRET_ARGUMENT = reportRule(secretArgument)

/** The warnings that the rule `secret-argument` would give for a plan. */
function findSecretArguments(plugins: readonly DesiredPlugin[]): Problem[] {
  return plugins.flatMap(({ id, versions }) =>
    versions
      .filter(({ args }) => hasSecretArgument(args))
      .map(({ version, source }) => ({
        message: `the args of ${id} ${versionLabel(version)} look like they hold a secret: every token that may read the catalog can read them`,
        source,
        hint: 'give the value with env: { NAME: { from: VARIABLE } } instead',
      })),
  )
}
