/**
 * Finds the environment values of registrations, which no plan holds: in the file, or in the
 * variables of this machine.
 */
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import type { EnvironmentName, Plan, RegisterAction } from '../documents/plan.generated.ts'
import { versionLabel } from '../domain/names.ts'
import type { EnvironmentOf } from './send-once.ts'

interface EnvironmentSources {
  /** The files that hold values. Undefined: values come from `variables` alone. */
  readonly desired: DesiredState | undefined
  /** Of this machine. */
  readonly variables: EnvironmentVariables
  /** The token that the servers are asked with, and the secrets of a login. No plugin gets them. */
  readonly credentials: readonly string[]
}

/**
 * Returns a function that gives the values of a registration. Throws a LockstepError, before anything
 * begins, that names each variable that is not set, or that holds the token: else the author of a
 * plan would get the token of the person who applies it. If only a rollback lacks a value, it is done
 * without: a plan is not refused for its rollback. No message contains a value.
 */
export function resolveEnvironment(
  plan: Plan,
  { desired, variables, credentials }: EnvironmentSources,
): EnvironmentOf {
  const registrations = plan.steps.flatMap(({ action }) =>
    action.kind === 'register' ? [action] : [],
  )
  const givenTo = (action: RegisterAction, { name, from }: EnvironmentName) => {
    if (from !== undefined) return variables[from]
    const inFile = desired?.plugins
      .find(({ id }) => id === action.plugin)
      ?.versions.find(({ version }) => version === action.version)
      ?.env.find((one) => one.name === name)
    return inFile !== undefined && 'value' in inFile ? inFile.value : undefined
  }
  const holdsToken = (value: string | undefined) => {
    const text = value?.trim() ?? ''
    return text !== '' && credentials.includes(text)
  }
  const matching = (isMatch: (value: string | undefined) => boolean) =>
    registrations.flatMap((action) =>
      action.env
        .filter((variable) => isMatch(givenTo(action, variable)))
        .map((variable) => ({ action, variable })),
    )
  const handedOver = matching(holdsToken)
  if (handedOver.length > 0) {
    throw new LockstepError({
      code: 'token-for-plugin',
      message:
        'the plan gives plugins the token that this program uses, or a secret of its login, and no plugin gets those:',
      details: handedOver.map(describeToken),
      exitCode: EXIT.blocked,
      hint: 'Nothing was changed. Review who wrote this. If the plugin needs a token, create one for the plugin.',
    })
  }
  const missing = matching((value) => value === undefined)
  if (missing.length > 0) {
    throw new LockstepError({
      code: 'missing-environment',
      message: 'the plan registers plugins whose environment is not set here:',
      details: missing.map(describeMissing),
      hint: 'Set the variables, or give the file that holds the values with -f.',
    })
  }
  return (action) =>
    action.env.flatMap((variable) => {
      const value = givenTo(action, variable)
      return value === undefined || holdsToken(value) ? [] : `${variable.name}=${value}`
    })
}

interface RegistrationVariable {
  readonly action: RegisterAction
  readonly variable: EnvironmentName
}

function describeToken({ action, variable: { name, from } }: RegistrationVariable): string {
  const what = `${action.plugin} ${versionLabel(action.version)} gets the token as ${name}`
  return from === undefined ? `${what}, written in the file` : `${what} from the variable ${from}`
}

function describeMissing({ action, variable: { name, from } }: RegistrationVariable): string {
  const what = `${action.plugin} ${versionLabel(action.version)} needs ${name}`
  return from === undefined
    ? `${what}, whose value is written in the file the plan was made from`
    : `${what} from the environment variable ${from}, which is not set`
}
