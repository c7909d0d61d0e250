/**
 * Arguments of a plugin that look like secrets. Whoever may read the catalog can read them all, so
 * they are warned of, and masked where they are shown. A guess: a false alarm costs less.
 */

const MASK = '***'
const NAME = /(?:password|passwd|pwd|token|secret|key)$/i

/** As given, with what looks like a secret replaced by `***`. */
export function maskArguments(args: readonly string[]): readonly string[] {
  return args.map((argument, at) => {
    const before = args[at - 1] ?? ''
    // `--password hunter2`: the value is an argument of its own.
    const isValue = /^--?[\w-]+$/.test(before) && NAME.test(before) && !argument.startsWith('-')
    return isValue && argument !== '' ? MASK : maskArgument(argument)
  })
}

export function hasSecretArgument(args: readonly string[]): boolean {
  return maskArguments(args).some((masked, at) => masked !== args[at])
}

/** Userinfo of a URL, and what follows `password=`, `password: ` and the like, up to the next part. */
function maskArgument(argument: string): string {
  return argument
    .replace(
      /([a-z][a-z0-9+.-]*:\/\/)([^/?#\s@]*:)?[^/?#\s]+@/gi,
      (_, scheme: string, user = '') => {
        return `${scheme}${String(user)}${MASK}@`
      },
    )
    .replace(
      /((?:password|passwd|pwd|token|secret|key)["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^&;,\s}]+)/gi,
      (_, name: string) => `${name}${MASK}`,
    )
}
