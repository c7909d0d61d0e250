/** Secrets that the tests' runners hand to every run of the program, and look for in all it writes. */
export const canaries = {
  /** The token where a test gives none of its own. */
  token: 's.canary-of-a-token-77d0',
  /** A variable that a file takes from apply's environment. */
  variable: 'canary-of-a-variable-5e1f',
  /** A value that stands in a file. */
  literal: 'canary-of-a-literal-b00c',
  /** What a mount that is read for `verify` holds, or a wrapping token stands for. */
  stored: 'canary-of-a-stored-secret-19ae',
} as const

/** The variable of apply's environment that holds `canaries.variable`. */
export const CANARY_VARIABLE = 'LOCKSTEP_TEST_CANARY'
