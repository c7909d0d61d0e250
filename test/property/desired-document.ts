/** A desired state written down as the file it could have been read from. */
import type { DesiredStateDocument } from '../../src/documents/desired-state.generated.ts'
import type { DesiredState, Use } from '../../src/domain/desired.ts'
import { unreachable } from '../../src/domain/errors.ts'
import { versionLabel } from '../../src/domain/names.ts'

export function documentOf(desired: DesiredState): DesiredStateDocument {
  return {
    version: 1,
    plugins: Object.fromEntries(
      desired.plugins.map(({ id, use, overridesBuiltin, versions, retire }) => [
        id,
        {
          ...(use !== undefined && { use: labelOf(use.value) }),
          ...(overridesBuiltin && { overrides: 'builtin' as const }),
          versions: Object.fromEntries(
            versions.map(({ version, command, sha256, args, data }) => [
              versionLabel(version),
              {
                command,
                sha256,
                args: [...args],
                data: {
                  ...(data.upgradeFrom !== undefined && { upgrade_from: data.upgradeFrom }),
                  ...(data.downgradeTo !== undefined && { downgrade_to: data.downgradeTo }),
                },
              },
            ]),
          ),
          retire: retire.map(({ version }) => versionLabel(version)),
        },
      ]),
    ),
    mounts: Object.fromEntries(
      desired.mounts.map(({ path, plugin, use, canary, enable }) => [
        path,
        { plugin, canary, enable, ...(use !== undefined && { use: labelOf(use.value) }) },
      ]),
    ),
    connections: Object.fromEntries(
      desired.connections.map(({ path, plugin, use }) => [
        path,
        { plugin, ...(use !== undefined && { use: labelOf(use.value) }) },
      ]),
    ),
    allow: desired.allow.map(({ rule, subject, because }) => ({ rule, subject, because })),
  }
}

function labelOf(use: Use): string {
  switch (use.kind) {
    case 'version':
      return versionLabel(use.version)
    case 'latest':
    case 'unversioned':
    case 'builtin':
      return use.kind
    default:
      return unreachable(use)
  }
}
