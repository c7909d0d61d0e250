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
  /** A wrapping token, where no real server of the pool has made one. */
  wrapping: 's.canary-of-a-wrapping-token-31c8',
  /** What the mounts of the examples hold, and what a wrapping token stands for. */
  stored: 'canary-of-a-stored-secret-19ae',
} as const

/** The variable of apply's environment that holds `canaries.variable`. */
export const CANARY_VARIABLE = 'LOCKSTEP_TEST_CANARY'
/** The one that holds a wrapping token of a real server, which stands for `canaries.stored`. */
export const WRAPPED_VARIABLE = 'LOCKSTEP_TEST_WRAPPED'

/** Variables whose values may be told: where the servers are, and how to print. */
const open =
  /^(PATH|HOME|TERM|CI|NO_COLOR|XDG_\w+|(BAO|VAULT)_(ADDR|CACERT|CLIENT_CERT|CLIENT_KEY|NAMESPACE)|LOCKSTEP_(AUTH\w*|ROLE\w*|USERNAME|\w+_FILE)|ACTIONS_ID_TOKEN_REQUEST_URL|(GITHUB|CI)_(?!.*TOKEN)\w+)$/
/** Shorter ones are no secrets, and stand in too many words and hashes. */
const SHORTEST = 6

/** The values of an environment that nothing a run writes may hold. */
export function secretsOf(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    open.test(name) || value.length < SHORTEST ? [] : value,
  )
}

/** As it is, and as it stands in JSON, in a URL and in base64. */
function formsOf(secret: string): readonly string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    // The last characters depend on what follows.
    Buffer.from(secret).toString('base64').replace(/.?=*$/, ''),
  ]
}

/**
 * Throws where a secret or a canary, plain or encoded, stands in what a run has written.
 *
 * @param written the texts, by the name of where each was written
 */
export function assertUnseen(
  secrets: readonly (string | undefined)[],
  written: Readonly<Record<string, string>>,
  args: readonly string[],
): void {
  const all = [...secrets, ...Object.values(canaries)].flatMap((secret) =>
    secret === undefined || secret === '' ? [] : formsOf(secret),
  )
  for (const [where, text] of Object.entries(written)) {
    const isShown = all.some((form) => text.includes(form))
    if (isShown) throw new Error(`lockstep ${args.join(' ')} has shown a secret in ${where}`)
  }
}
