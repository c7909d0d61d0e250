/**
 * The secrets that a run knows of: what a command of the user's file prints (`set -x`, `curl -v`)
 * is told where it fails, as are a server's words, and neither must tell these.
 */
import type { Action, Plan } from '../../documents/plan.generated.ts'
import { writeOf } from '../../documents/writes-of.ts'
import type { EnvironmentVariables } from '../../domain/environment-variables.ts'
import type { DesiredState } from '../../domain/desired.ts'

/**
 * Whose files of desired state are read: `trusted`, those of the person who runs the program;
 * `untrusted`, those that others wrote, as in a pull request.
 */
export type Trust = 'trusted' | 'untrusted'

interface SecretSources {
  /** What the servers are asked with. */
  readonly token: string
  readonly desired: DesiredState | undefined
  /** Absent before there is one. */
  readonly plan?: Plan
  readonly env: EnvironmentVariables
  /** Of the files. */
  readonly trust: Trust
}

/** The token, also one that is only in the environment, and every value for a plugin's `env`. */
function secretsOf({ token, desired, plan, env: all, trust }: SecretSources): string[] {
  // Which words of an untrusted file are masked would tell what is in a variable that it names.
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
  const found = [token, all['BAO_TOKEN'], all['VAULT_TOKEN'], ...inFile, ...inPlan]
  return [...new Set(found.flatMap((value) => value ?? []))]
}

/** What a command knows of, more of it as files and plans are read. */
export interface Secrets {
  readonly known: () => readonly string[]
  readonly learn: (from: Pick<SecretSources, 'desired' | 'plan'>) => void
}

export function gatherSecrets(sources: Pick<SecretSources, 'token' | 'env' | 'trust'>): Secrets {
  const known = new Set(secretsOf({ ...sources, desired: undefined }))
  return {
    known: () => [...known],
    learn: (from) => {
      for (const secret of secretsOf({ ...sources, ...from })) known.add(secret)
    },
  }
}
