/** The variables that hold the token for the servers, or the secret of a login there. */

import type { EnvironmentVariables } from './environment-variables.ts'

const TOKEN_VARIABLES: ReadonlySet<string> = new Set([
  ...['BAO_TOKEN', 'VAULT_TOKEN', 'LOCKSTEP_SECRET_ID', 'LOCKSTEP_PASSWORD'],
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
])

/** The values of such variables. */
export function tokensIn(env: EnvironmentVariables): readonly string[] {
  return [...TOKEN_VARIABLES].flatMap((name) => env[name] ?? [])
}

/** Ignores case: on Windows `vault_token` and `VAULT_TOKEN` are one variable. */
export function isTokenVariable(name: string): boolean {
  return TOKEN_VARIABLES.has(name.toUpperCase())
}
