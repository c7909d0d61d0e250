/**
 * The environment of a command that a file names. It holds what programs need to start and to reach
 * a node. It does not hold the token or the secrets of a pipeline.
 */
import type { EnvironmentVariables } from '../../domain/environment-variables.ts'
import { LockstepError } from '../../domain/errors.ts'

const PASSED = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'TZ', 'SSH_AUTH_SOCK']

/** `names`: the variables of `--pass-env`. Throws a LockstepError if one of them is not set. */
export function commandEnvironment(
  env: EnvironmentVariables,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const missing = names.filter((name) => env[name] === undefined)
  if (missing.length > 0) {
    throw new LockstepError({
      code: 'missing-environment',
      message: `--pass-env names ${missing.join(', ')}, which is not set`,
      hint: 'Set the variable, or leave the option out.',
    })
  }
  const passed = new Set([...PASSED, ...names])
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && (passed.has(name) || name.startsWith('LC_')) ? [[name, value]] : [],
    ),
  )
}
