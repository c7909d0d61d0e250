/**
 * Why a text cannot name something on a server. Measured on OpenBao 2.7.2: servers take letters,
 * marks, digits, punctuation, symbols and spaces of any script, answer 400 to every other
 * character, and redirect (307) a path with an empty, `.` or `..` segment to another one. Each
 * fault is the end of a sentence whose subject is the name.
 */

/** In UTF-16 code units: ten times what is in use anywhere. */
const LONGEST_NAME = 512

/** What servers refuse, and what they take and nobody sees: variation selectors, fillers, blanks. */
const UNUSABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|\p{Default_Ignorable_Code_Point}|\u2800/u

/** Of a name of one or more segments with `/` between them; undefined where it has none. */
export function faultInName(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `is longer than ${LONGEST_NAME} characters`
  return faultInPath(name)
}

/** The same for a path of names and other words, which may be of any length. */
export function faultInPath(name: string): string | undefined {
  if (name === '') return 'is empty'
  const unusable = UNUSABLE.exec(name)?.[0]
  if (unusable !== undefined) return `has the character ${codePoint(unusable)} in it`
  for (const segment of name.split('/')) {
    if (segment === '') return 'has an empty segment: a slash at its beginning, or two in a row'
    if (segment === '.' || segment === '..') {
      return `has the segment "${segment}", which servers resolve to another path`
    }
    // Measured: a reload of ` a/` is one of `a/`.
    if (segment.trim() !== segment) {
      return 'has a space at the beginning or the end of a segment, which servers cut off'
    }
  }
  return undefined
}

/** Mounts of the servers themselves, where no plugin can be mounted. */
const OWN_MOUNTS = /^(sys|identity|cubbyhole|auth\/token)\//

/** Of a mount's path from its namespace, with its trailing slash. */
export function faultInMountPath(path: string): string | undefined {
  const fault = faultInName(path.replace(/\/$/, ''))
  if (fault !== undefined) return fault
  if (OWN_MOUNTS.test(path)) return 'belongs to the server itself'
  if (path === 'auth/') return 'names no auth method'
  // `sys/mounts/a/tune` is the tuning of `a/`, so servers can have no such mount.
  if (/.\/tune\/$/.test(path.replace(/^auth\//, ''))) {
    return 'ends in tune/, which servers read as the tuning of the mount above it'
  }
  return undefined
}

/** Of a plugin's name, without its type. */
export function faultInPluginName(name: string): string | undefined {
  const fault = faultInName(name)
  if (fault !== undefined) return fault
  // Measured: `path cannot contain parent references`, also of `x..`.
  return name.includes('..') ? 'has two dots in a row, which no plugin’s name may have' : undefined
}

function codePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `U+${hex}`
}
