/**
 * Secrets that the tests' runners hand to every run of the program, and look for in all it writes:
 * the screen, its home with the journals, and the files its arguments name.
 */
export const canaries = {
  /** The token where a test gives none of its own. */
  token: 's.canary-of-a-token-77d0',
  /** A variable that a file takes from apply's environment. */
  variable: 'canary-of-a-variable-5e1f',
  /** A value that stands in a file. */
  literal: 'canary-of-a-literal-b00c',
  /** What the mounts of the examples hold, and what a wrapping token stands for. */
  stored: 'canary-of-a-stored-secret-19ae',
} as const

/** The variable of apply's environment that holds `canaries.variable`. */
export const CANARY_VARIABLE = 'LOCKSTEP_TEST_CANARY'
/** The one that holds a wrapping token of a real server, which stands for `canaries.stored`. */
export const WRAPPED_VARIABLE = 'LOCKSTEP_TEST_WRAPPED'

/** Values of variables that files take from the environment: secrets, whatever a test put there. */
export function secretsOf(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    /^(BAO|VAULT)_TOKEN$|^LOCKSTEP_TEST_/.test(name) ? value : [],
  )
}

/**
 * Throws where a secret or a canary stands in what a run has written.
 *
 * @param written the texts, by the name of where each was written
 */
export function assertUnseen(
  secrets: readonly (string | undefined)[],
  written: Readonly<Record<string, string>>,
  args: readonly string[],
): void {
  const all = [...secrets, ...Object.values(canaries)]
  for (const [where, text] of Object.entries(written)) {
    const isShown = all.some(
      (secret) => secret !== undefined && secret !== '' && text.includes(secret),
    )
    if (isShown) throw new Error(`lockstep ${args.join(' ')} has shown a secret in ${where}`)
  }
}
