/** The values a registration needs and no plan holds: from the file, or from apply's environment. */
import type { DesiredState } from '../domain/desired.ts'
import { LockstepError } from '../domain/errors.ts'
import type { EnvironmentName, Plan, RegisterAction } from '../documents/plan.generated.ts'
import { versionLabel } from '../domain/names.ts'
import type { EnvironmentOf } from './send-once.ts'

type EnvironmentVariables = Readonly<Record<string, string | undefined>>

/**
 * Values for every registration of a plan. Throws a LockstepError, before anything is begun, that
 * names each variable that is not set. What would only take a step back does without it: that must
 * not keep a plan from being carried out. Never says a value.
 */
export function resolveEnvironment(
  plan: Plan,
  desired: DesiredState | undefined,
  variables: EnvironmentVariables,
): EnvironmentOf {
  const valueOf = (action: RegisterAction, { name, from }: EnvironmentName) => {
    if (from !== undefined) return variables[from]
    const inFile = desired?.plugins
      .find(({ id }) => id === action.plugin)
      ?.versions.find(({ version }) => version === action.version)
      ?.env.find((one) => one.name === name)
    return inFile !== undefined && 'value' in inFile ? inFile.value : undefined
  }
  const missing = plan.steps.flatMap(({ action }) =>
    action.kind !== 'register'
      ? []
      : action.env
          .filter((variable) => valueOf(action, variable) === undefined)
          .map((variable) => describe(action, variable)),
  )
  if (missing.length > 0) {
    throw new LockstepError({
      code: 'missing-environment',
      message: 'the plan registers plugins whose environment is not set here:',
      details: missing,
      hint: 'Set the variables, or give the file that holds the values with -f.',
    })
  }
  return (action) =>
    action.env.flatMap((variable) => {
      const value = valueOf(action, variable)
      return value === undefined ? [] : `${variable.name}=${value}`
    })
}

function describe({ plugin, version }: RegisterAction, { name, from }: EnvironmentName): string {
  const what = `${plugin} ${versionLabel(version)} needs ${name}`
  return from === undefined
    ? `${what}, whose value is written in the file the plan was made from`
    : `${what} from the environment variable ${from}, which is not set`
}
