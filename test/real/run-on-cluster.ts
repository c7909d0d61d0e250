/** Runs the built program against a cluster, as somebody who has logged in to it does. */
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { runLockstep, type Run } from '../cli/run-lockstep.ts'

export interface RunOnOptions {
  /** The root token if not said. */
  readonly token?: string
  /** On top of those that say where the cluster is; an empty one counts as none. */
  readonly env?: Readonly<Record<string, string>>
  readonly tokenFile?: string
  /** The checkout if not said. */
  readonly cwd?: string
  /** Runs it on a terminal, where this is typed when it asks. */
  readonly answer?: string
}

export function runOn(
  cluster: ClusterClient,
  args: readonly string[],
  { token = cluster.token, env = {}, tokenFile, cwd, answer }: RunOnOptions = {},
): Promise<Run> {
  // The variables that the product's own command line reads.
  const prefix = cluster.product === 'vault' ? 'VAULT' : 'BAO'
  const { caCertificate } = cluster
  return runLockstep(args, {
    env: {
      [`${prefix}_ADDR`]: cluster.addresses[0] ?? '',
      [`${prefix}_TOKEN`]: token,
      ...(caCertificate !== undefined && { [`${prefix}_CACERT`]: caCertificate }),
      ...env,
    },
    ...(tokenFile !== undefined && { tokenFile }),
    ...(cwd !== undefined && { cwd }),
    ...(answer !== undefined && { answer }),
  })
}
