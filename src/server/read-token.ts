/**
 * The token, from where the servers' own command line takes it: the environment, else a token
 * helper, else a file. Kept in memory and nowhere else.
 */
import { isAbsolute, join } from 'node:path'
import { LockstepError } from '../domain/errors.ts'
import type { Setting } from './certificates.ts'
import { readTextFile, UnfitFile } from './read-file.ts'

export type HelperResult =
  | { readonly kind: 'ok'; readonly stdout: string }
  | { readonly kind: 'failed'; readonly reason: string }

export interface TokenSources {
  /** The user's home folder. */
  readonly home: string
  /** The value of `BAO_<name>`, else of `VAULT_<name>`. */
  readonly variable: (name: string) => Setting | undefined
  /** Runs a token helper, with a time limit. Absent: a token helper is an error. */
  readonly runHelper?: ((command: readonly string[]) => Promise<HelperResult>) | undefined
}

export interface FoundToken {
  readonly token: string
  readonly readTokenAgain?: () => Promise<string>
}

/** In MiB. */
const LARGEST = 1

/**
 * `BAO_TOKEN`, else what the token helper of `~/.bao` or `~/.vault` prints, else the file that
 * `BAO_TOKEN_PATH` names, else `~/.vault-token`. Empty if there is none of them. Throws a
 * LockstepError for a token that cannot be used, a helper that fails, and a named file that cannot
 * be read.
 */
export async function readToken(sources: TokenSources): Promise<FoundToken> {
  const { variable, home } = sources
  const token = variable('TOKEN')
  if (token !== undefined) return { token: checkToken(token.value, token.from) }
  const helper = await findHelper(sources)
  if (helper !== undefined) return { token: await askHelper(helper, sources) }
  const named = variable('TOKEN_PATH')
  const path = named?.value ?? join(home, '.vault-token')
  const read = (): Promise<string> => readTokenFile(path, { mustExist: named !== undefined })
  return { token: await read(), readTokenAgain: read }
}

async function readTokenFile(
  path: string,
  { mustExist }: { readonly mustExist: boolean },
): Promise<string> {
  try {
    return checkToken(await readTextFile(path, LARGEST), path)
  } catch (error) {
    if (error instanceof LockstepError) throw error
    if (!(error instanceof UnfitFile) && !mustExist) return ''
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const why = error instanceof UnfitFile ? error.message : `cannot be read (${code})`
    throw new LockstepError({
      code: 'bad-token',
      message: `${path} ${why}: no token is read from it`,
      exitCode: 8,
      hint: mustExist
        ? 'Fix BAO_TOKEN_PATH (VAULT_TOKEN_PATH), or log in again.'
        : 'Move it away and log in again, or set BAO_TOKEN (VAULT_TOKEN).',
      cause: error,
    })
  }
}

interface Helper {
  readonly program: string
  readonly configuration: string
}

/** `token_helper` of `BAO_CONFIG_PATH`, `~/.bao`, `VAULT_CONFIG_PATH` or `~/.vault`. */
async function findHelper({ home, variable }: TokenSources): Promise<Helper | undefined> {
  const named = variable('CONFIG_PATH')
  const paths =
    named === undefined ? ['.bao', '.vault'].map((name) => join(home, name)) : [named.value]
  for (const configuration of paths) {
    const text = await readTextFile(configuration, LARGEST).catch(() => '')
    const [, quoted] = /^\s*token_helper\s*=\s*"((?:[^"\\]|\\.)*)"\s*$/m.exec(text) ?? []
    const program = quoted?.replace(/\\(.)/g, '$1')
    if (program !== undefined && program !== '') return { program, configuration }
  }
  return undefined
}

/** The protocol: the program is called with `get` and prints the token; nothing, if it has none. */
async function askHelper(
  { program, configuration }: Helper,
  { runHelper }: TokenSources,
): Promise<string> {
  const fail = (why: string): LockstepError =>
    new LockstepError({
      code: 'token-helper',
      message: `the token helper ${program}, named in ${configuration}, ${why}`,
      exitCode: 8,
      hint: `Try it: ${program} get. Or set BAO_TOKEN (VAULT_TOKEN), which comes first.`,
    })
  if (!isAbsolute(program)) throw fail('is not an absolute path')
  if (runHelper === undefined) throw fail('is not run here')
  const result = await runHelper([program, 'get'])
  if (result.kind === 'failed') throw fail(`failed: ${result.reason}`)
  const printed = result.stdout.replace(/\r?\n$/, '')
  if (printed.includes('\n'))
    throw fail(`printed ${printed.split('\n').length} lines, and a token is one`)
  return checkToken(printed, program)
}

function checkToken(text: string, from: string): string {
  const token = text.trim()
  // Otherwise the HTTP layer would fail, with a message that may quote the token.
  if (/^[\x21-\x7e]*$/.test(token)) return token
  throw new LockstepError({
    code: 'bad-token',
    message: `the token holds characters that no token has; it comes from ${from}`,
    exitCode: 8,
    hint: 'A token is one line, without quotes. Set BAO_TOKEN (VAULT_TOKEN), or log in again.',
  })
}
