/** In bytes of UTF-8. GitHub refuses a comment of more than 65,536 characters. */
export const DEFAULT_LIMIT = 60_000
