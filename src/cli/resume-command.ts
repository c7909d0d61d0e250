/**
 * The command that resumes: the options that were typed, without those that only change the output.
 */
import { parseNodeAddress } from '../domain/names.ts'
import { shellWords } from '../domain/shell-words.ts'
import type { CommonOptions } from './options.ts'

export interface TypedOptions extends CommonOptions {
  readonly allow?: readonly string[]
  readonly journal?: string
}

/**
 * A shell command without credentials, also not in a URL. `words` are the command and its argument.
 */
export function resumeCommand(words: readonly string[], options: TypedOptions): string {
  const { file = [], allow = [], passEnv = [], address, namespace, node = [], journal } = options
  const repeated = (flag: string, values: readonly (string | undefined)[]): string[] =>
    values.flatMap((value) => (value === undefined ? [] : [flag, value]))
  return shellWords([
    ...['lockstep', ...words],
    ...repeated('-f', file),
    ...(options.untrustedFiles === true ? ['--untrusted-files'] : []),
    ...repeated('--address', [address].map(withoutUser)),
    ...repeated('--node', node.map(withoutUser)),
    ...repeated('--namespace', [namespace]),
    ...loginWords(options),
    ...repeated('--allow', allow),
    ...repeated('--pass-env', passEnv),
    ...repeated('--journal', [journal]),
  ])
}

/** The commands that show and release the locks of the cluster. */
export function lockCommands(options: TypedOptions): {
  readonly show: string
  readonly release: string
} {
  // `lock` has no --allow and no --pass-env, and locks do not depend on the journal folder.
  const { allow: _, journal: __, passEnv: ___, ...where } = options
  return {
    show: resumeCommand(['lock', 'show'], where),
    release: resumeCommand(['lock', 'release'], where),
  }
}

/** A login has no secret in its flags. A wrapping token must be a new one for the next login. */
function loginWords(options: TypedOptions): readonly string[] {
  const { auth, authMount, role, roleId, secretIdFile, secretIdWrapped } = options
  const { jwtFile, jwtVariable, jwtAudience, username, passwordFile } = options
  const words = {
    ...{ '--auth': auth, '--auth-mount': authMount, '--role': role, '--role-id': roleId },
    ...{ '--secret-id-file': secretIdFile, '--secret-id-wrapped': secretIdWrapped },
    ...{ '--jwt-file': jwtFile, '--jwt-variable': jwtVariable, '--jwt-audience': jwtAudience },
    ...{ '--username': username, '--password-file': passwordFile },
  }
  return Object.entries(words).flatMap(([flag, value]) =>
    typeof value === 'string' ? [flag, value] : value === true ? [flag] : [],
  )
}

function withoutUser(address: string | undefined): string | undefined {
  return address === undefined ? undefined : parseNodeAddress(address)
}
