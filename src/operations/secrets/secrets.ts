/**
 * Collects the secrets that a run knows. Output of the user's commands (`set -x`, `curl -v`) and
 * words of a server are shown when they fail, and must not contain these secrets.
 */
import type { Action, Plan } from '../../documents/plan.generated.ts'
import { writeOf } from '../../documents/writes-of.ts'
import type { EnvironmentVariables } from '../../domain/environment-variables.ts'
import type { DesiredState } from '../../domain/desired.ts'
import { tokensIn } from '../../domain/token-variables.ts'
import { proxyPasswords } from '../../server/proxies.ts'

/**
 * Who wrote the files of desired state: `trusted`, the person who runs the program; `untrusted`,
 * others, as in a pull request.
 */
export type Trust = 'trusted' | 'untrusted'

interface SecretSources {
  /** The token of the requests. */
  readonly token: string
  readonly desired: DesiredState | undefined
  /** Absent while there is no plan yet. */
  readonly plan?: Plan
  readonly env: EnvironmentVariables
  /** Who wrote the files. */
  readonly trust: Trust
}

/** The token; the tokens, secrets of logins, keys and passwords of proxies in the environment, and every value for a plugin's `env`. */
function secretsOf({ token, desired, plan, env: all, trust }: SecretSources): string[] {
  // If values of variables were masked in an untrusted file, its author could learn from the masked
  // words what a variable of this machine holds.
  const env: EnvironmentVariables = trust === 'trusted' ? all : {}

  const inFile = (desired?.plugins ?? [])
    .flatMap(({ versions }) => versions)
    .flatMap((version) => version.env)
    .map((variable) =>
      'value' in variable ? variable.value : 'from' in variable ? env[variable.from] : undefined,
    )
  const inPlan = (plan?.steps ?? [])
    .flatMap((step): Action[] => [...writeOf(step), ...step.undo])
    .flatMap((action) => (action.kind === 'register' ? action.env : []))
    .map(({ from }) => (from === undefined ? undefined : env[from]))
  const found = [
    token,
    ...tokensIn(all),
    ...keysOf(all),
    ...proxyPasswords(all),
    ...inFile,
    ...inPlan,
  ]
  return [...new Set(found.flatMap((value) => value ?? []))]
}

function keysOf(env: EnvironmentVariables): (string | undefined)[] {
  return [env['BAO_CLIENT_KEY_BYTES'], env['VAULT_CLIENT_KEY_BYTES']]
}

/** The known secrets. More are added as files and plans are read. */
export interface Secrets {
  readonly known: () => readonly string[]
  readonly add: (secret: string) => void
  readonly learn: (from: Pick<SecretSources, 'desired' | 'plan'>) => void
}

/**
 * The secrets that are known before any file is read: the token, and the tokens in the environment.
 */
export function gatherSecrets(sources: Pick<SecretSources, 'token' | 'env' | 'trust'>): Secrets {
  const known = new Set(secretsOf({ ...sources, desired: undefined }))
  return {
    known: () => [...known],
    add: (secret) => void known.add(secret),
    learn: (from) => {
      for (const secret of secretsOf({ ...sources, ...from })) known.add(secret)
    },
  }
}
