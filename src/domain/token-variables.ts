/** The variables from which this program takes the token for the servers. */

const TOKEN_VARIABLES: ReadonlySet<string> = new Set(['BAO_TOKEN', 'VAULT_TOKEN'])

/** In any case of letters: Windows does not tell `vault_token` from `VAULT_TOKEN`. */
export function isTokenVariable(name: string): boolean {
  return TOKEN_VARIABLES.has(name.toUpperCase())
}
