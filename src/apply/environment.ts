/** The values a registration needs and no plan holds: from the file, or from apply's environment. */
import type { DesiredState } from '../domain/desired.ts'
import { LockstepError } from '../domain/errors.ts'
import type { Plan } from '../documents/plan.generated.ts'
import { type PluginId, type Version, versionLabel } from '../domain/names.ts'
import type { EnvironmentOf } from './perform.ts'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Values for every registration of a plan. Throws a LockstepError, before anything is begun, that
 * names each variable that is not set. Never says a value.
 */
export function resolveEnvironment(
  plan: Plan,
  desired: DesiredState | undefined,
  variables: Variables,
): EnvironmentOf {
  const values = new Map<string, readonly string[]>()
  const missing: string[] = []
  // What takes a step back may register too, also where no step does.
  for (const action of plan.steps.flatMap((step) => [step.action, ...step.undo])) {
    if (action.kind !== 'register') continue
    if (values.has(keyOf(action.plugin, action.version))) continue
    const written = new Map(
      desired?.plugins
        .find(({ id }) => id === action.plugin)
        ?.versions.find(({ version }) => version === action.version)
        ?.env.flatMap((one) => ('value' in one ? [[one.name, one.value] as const] : [])),
    )
    const pairs = action.env.map(({ name, from }) => {
      const value = from === undefined ? written.get(name) : variables[from]
      if (value === undefined) missing.push(describe(action.plugin, action.version, name, from))
      return `${name}=${value ?? ''}`
    })
    values.set(keyOf(action.plugin, action.version), pairs)
  }
  if (missing.length > 0) {
    throw new LockstepError({
      code: 'missing-environment',
      message: missing.join('\n    '),
      hint: 'Set the variables, or give the file that holds the values with -f.',
    })
  }
  return (plugin, version) => values.get(keyOf(plugin, version)) ?? []
}

function keyOf(plugin: PluginId, version: Version): string {
  return `${plugin} ${version}`
}

function describe(
  plugin: PluginId,
  version: Version,
  name: string,
  from: string | undefined,
): string {
  const what = `${plugin} ${versionLabel(version)} needs ${name}`
  return from === undefined
    ? `${what}, whose value is written in the file the plan was made from`
    : `${what} from the environment variable ${from}, which is not set`
}
