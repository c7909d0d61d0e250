/**
 * Finds arguments of a plugin that look like secrets. Every token that may read the catalog can
 * read them, so there is a warning, and they are masked in output. This is a guess: a false alarm
 * does less harm than a shown secret.
 */

const MASK = '***'
const NAME = /(?:password|passwd|pwd|token|secret|key)$/i

/** The arguments with `***` in place of what looks like a secret. */
export function maskArguments(args: readonly string[]): readonly string[] {
  return args.map((argument, at) => {
    const before = args[at - 1] ?? ''
    // `--password hunter2`: the value is a separate argument.
    const isValue = /^--?[\w-]+$/.test(before) && NAME.test(before) && !argument.startsWith('-')
    return isValue && argument !== '' ? MASK : maskArgument(argument)
  })
}

/** True if an argument looks like a secret. */
export function hasSecretArgument(args: readonly string[]): boolean {
  return maskArguments(args).some((masked, at) => masked !== args[at])
}

/** Masks the userinfo of a URL, and the value after `password=`, `password: ` and similar names. */
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
