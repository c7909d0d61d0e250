/** The variables that hold the token for the servers. */

const TOKEN_VARIABLES: ReadonlySet<string> = new Set(['BAO_TOKEN', 'VAULT_TOKEN'])

/** Ignores case: on Windows `vault_token` and `VAULT_TOKEN` are one variable. */
export function isTokenVariable(name: string): boolean {
  return TOKEN_VARIABLES.has(name.toUpperCase())
}
