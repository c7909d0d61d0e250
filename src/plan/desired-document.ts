/**
 * Writes the desired state as a document that the plan contains. The document has the format of the
 * files, so a reader of the plan checks it like a file. Pure. It holds no secret, no address and no
 * position in a file.
 */
import type {
  Allowance,
  Binary,
  DesiredStateDocument,
  Mount,
} from '../documents/desired-state.generated.ts'
import type { DesiredState, DesiredVersion, Use } from '../domain/desired.ts'
import { compareText, versionLabel } from '../domain/names.ts'

/** Replaces a value of `env` that only the file of desired state holds. */
export const WITHHELD_VALUE = '(written in the file of desired state)'

/**
 * The document of a desired state. `ignore` is only for drift and is left out. The same desired
 * state gives the same document, whatever the order of its files: `allow` is sorted here, and the
 * reader of the files sorts the other lists.
 */
export function desiredDocument(desired: DesiredState): DesiredStateDocument {
  const cluster = clusterDocument(desired.cluster)
  const { plugins, mounts, connections, allow } = desired
  return {
    version: 1,
    ...(Object.keys(cluster).length > 0 && { cluster }),
    plugins: Object.fromEntries(
      plugins.map(({ id, use, overridesBuiltin, versions, retire }) => [
        id,
        {
          ...(use !== undefined && { use: useText(use.value) }),
          ...(overridesBuiltin && { overrides: 'builtin' as const }),
          versions: Object.fromEntries(
            versions.map((version) => [versionLabel(version.version), binaryDocument(version)]),
          ),
          ...(retire.length > 0 && { retire: retire.map(({ version }) => versionLabel(version)) }),
        },
      ]),
    ),
    ...(mounts.length > 0 && {
      mounts: Object.fromEntries(mounts.map((mount) => [mount.path, mountDocument(mount)])),
    }),
    ...(connections.length > 0 && {
      connections: Object.fromEntries(
        connections.map(({ path, plugin, use }) => [
          path,
          { plugin, ...(use !== undefined && { use: useText(use.value) }) },
        ]),
      ),
    }),
    ...(allow.length > 0 && { allow: sortAllowances(allow).map(allowanceDocument) }),
  }
}

function clusterDocument({
  name,
  binaryCheck,
  lock,
  journal,
}: DesiredState['cluster']): NonNullable<DesiredStateDocument['cluster']> {
  return {
    ...(name !== undefined && { name: name.value }),
    ...(binaryCheck !== undefined && { binary_check: [...binaryCheck.command] }),
    ...(lock !== undefined && { lock: { kv: lock.kv } }),
    ...(journal !== undefined && { journal: { kv: journal.kv } }),
  }
}

function binaryDocument({ command, sha256, args, env, data }: DesiredVersion): Binary {
  const { upgradeFrom, downgradeTo } = data
  return {
    command,
    sha256,
    ...(args.length > 0 && { args: [...args] }),
    ...(env.length > 0 && {
      env: Object.fromEntries(
        env.map((variable) => [
          variable.name,
          'from' in variable ? { from: variable.from } : WITHHELD_VALUE,
        ]),
      ),
    }),
    ...((upgradeFrom !== undefined || downgradeTo !== undefined) && {
      data: {
        ...(upgradeFrom !== undefined && { upgrade_from: upgradeFrom }),
        ...(downgradeTo !== undefined && { downgrade_to: downgradeTo }),
      },
    }),
  }
}

function mountDocument(mount: DesiredState['mounts'][number]): Mount {
  const { plugin, use, canary, enable, verify, because } = mount
  return {
    plugin,
    ...(use !== undefined && { use: useText(use.value) }),
    ...(canary && { canary }),
    ...(enable && { enable }),
    ...(verify.length > 0 && {
      verify: verify.map((check) =>
        check.kind === 'read' ? { read: check.path } : { run: [...check.command] },
      ),
    }),
    ...(because !== undefined && { because }),
  }
}

/**
 * Sorted by rule and subject. Of two allowances for the same finding the first counts, so equal
 * ones keep their order.
 */
function sortAllowances(allow: DesiredState['allow']): DesiredState['allow'] {
  return [...allow].sort((a, b) => compareText(a.rule, b.rule) || compareText(a.subject, b.subject))
}

function allowanceDocument(allowance: DesiredState['allow'][number]): Allowance {
  const { rule, subject, because, by, until } = allowance
  return {
    rule,
    subject,
    because,
    ...(by !== undefined && { by }),
    ...(until !== undefined && { until }),
  }
}

function useText(use: Use): string {
  return use.kind === 'version' ? use.version : use.kind
}
