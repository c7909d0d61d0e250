/** An argument of a plugin looks like a secret, and the catalog shows it. */
import { hasSecretArgument } from '../../domain/secret-arguments.ts'
import { versionLabel } from '../../domain/names.ts'
import type { PlanRule } from '../rule.ts'

export const secretArgument: PlanRule = {
  about: 'plan',
  name: 'secret-argument',
  severity: 'warning',
  title: 'An argument of a plugin looks like a secret',
  explanation:
    'Servers return the arguments of a catalog entry to every token that may read the catalog, and plan files and journals hold them too. An argument such as `--password=…`, `token=…` or a URL with a user in it looks like a secret. Lockstep shows it as `***`. Servers never return `env`.',
  fix: 'Give the value with `env: { NAME: { from: VARIABLE } }` instead, and change the secret if others could read it.',
  allowable: true,
  judge({ desired }) {
    return desired.plugins.flatMap(({ id, versions }) =>
      versions
        .filter(({ args }) => hasSecretArgument(args))
        .map(({ version, source }) => ({
          subject: id,
          message: `The arguments of ${id} ${versionLabel(version)} seem to hold a secret. Every token that may read the catalog can read them.`,
          at: source,
        })),
    )
  },
}
