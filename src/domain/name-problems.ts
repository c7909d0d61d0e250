/**
 * Finds out why a text cannot be a name on a server. Measured on OpenBao 2.7.2: servers accept
 * letters, marks, digits, punctuation, symbols and spaces of any script, answer 400 to every other
 * character, and redirect (307) a path with an empty, `.` or `..` segment to another path. Each
 * result completes a sentence whose subject is the name.
 */

/** In UTF-16 code units. Names in use are shorter by far. */
const LONGEST_NAME = 512

/**
 * Characters that servers refuse, and invisible ones that they accept: variation selectors,
 * fillers, blanks.
 */
const UNUSABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|\p{Default_Ignorable_Code_Point}|\u2800/u

/** The problem of a name with one or more segments, separated by `/`; undefined if it has none. */
export function findProblemInName(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `is longer than ${LONGEST_NAME} characters`
  return findProblemInPath(name)
}

/** The problem of a path, which may have any length; undefined if it has none. */
export function findProblemInPath(name: string): string | undefined {
  if (name === '') return 'is empty'
  const unusable = UNUSABLE.exec(name)?.[0]
  if (unusable !== undefined) return `has the character ${codePoint(unusable)} in it`
  for (const segment of name.split('/')) {
    if (segment === '') return 'has an empty segment: a slash at its beginning, or two in a row'
    if (segment === '.' || segment === '..') {
      return `has the segment "${segment}", which servers resolve to another path`
    }
    // Measured: a reload of ` a/` reloads `a/`.
    if (segment.trim() !== segment) {
      return 'has a space at the beginning or the end of a segment, which servers cut off'
    }
  }
  return undefined
}

/** Mounts of the server itself, where no plugin can be mounted. */
const OWN_MOUNTS = /^(sys|identity|cubbyhole|auth\/token)\//

/**
 * The problem of a mount's path within its namespace, with its trailing slash; undefined if it has
 * none.
 */
export function findProblemInMountPath(path: string): string | undefined {
  const problem = findProblemInName(path.replace(/\/$/, ''))
  if (problem !== undefined) return problem
  if (OWN_MOUNTS.test(path)) return 'belongs to the server itself'
  if (path === 'auth/') return 'names no auth method'
  // `sys/mounts/a/tune` tunes `a/`, so no server can have such a mount.
  if (/.\/tune\/$/.test(path.replace(/^auth\//, ''))) {
    return 'ends in tune/, which servers read as the tuning of the mount above it'
  }
  return undefined
}

/** The problem of a plugin's name, without its type; undefined if it has none. */
export function findProblemInPluginName(name: string): string | undefined {
  const problem = findProblemInName(name)
  if (problem !== undefined) return problem
  // Measured: the server answers `path cannot contain parent references`, also to `x..`.
  return name.includes('..') ? 'has two dots in a row, which no plugin’s name may have' : undefined
}

function codePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `U+${hex}`
}
