/** The words for differences: binaries, numbers of nodes. */
import { count } from '../domain/count.ts'
import type { FoundDifference } from './found-difference.ts'
import type { DesiredVersion } from '../domain/desired.ts'
import { unreachable } from '../domain/errors.ts'
import type { CatalogEntry, MountOnNode } from '../domain/live.ts'
import {
  binaryName,
  BUILTIN,
  type ConfiguredVersion,
  isBuiltinVersion,
  type PluginId,
  type RunningBinary,
  UNVERSIONED,
  type Version,
  versionLabel,
} from '../domain/names.ts'
import { maskArguments } from '../domain/secret-arguments.ts'
import { shellWords } from '../domain/shell-words.ts'
import type { ImpossibleUse } from '../plan/targets.ts'

export function countMountsOrConnections(number: number): string {
  return number === 1 ? '1 mount or connection' : `${number} mounts or connections`
}

/** `on 2 of 3 nodes`. */
export function onNodes(some: number, all: number): string {
  return `on ${some} of ${count(all, 'node')}`
}

/** `v0.21.0 (<sha256>)`, `builtin v2.7.2+builtin.bao`. */
export function binaryLabel(version: Version, sha256: RunningBinary): string {
  if (sha256 !== BUILTIN) return `${versionLabel(version)} (${binaryName(sha256)})`
  return isBuiltinVersion(version) ? `builtin ${version}` : 'builtin'
}

export function runningLabel(view: MountOnNode): string {
  return binaryLabel(view.running_version, view.running_sha256)
}

/** What a mount is configured for: `no version` if it never had one. */
export function configuredLabel(version: ConfiguredVersion): string {
  return version === UNVERSIONED ? 'no version' : version
}

/** The given fields of an entry, in words. */
export function entryLabel(
  entry: DesiredVersion | CatalogEntry,
  fields: ReadonlySet<EntryField>,
): string {
  const args = entry.args ?? []
  const words = [
    fields.has('command') && `command ${entry.command ?? 'unknown'}`,
    fields.has('sha256') && `sha256 ${binaryName(entry.sha256)}`,
    fields.has('args') &&
      (args.length === 0 ? 'no args' : `args ${shellWords(maskArguments(args))}`),
  ]
  return words.filter((word) => word !== false).join(', ')
}

export type EntryField = 'command' | 'sha256' | 'args'

/** Why no request brings a mount or connection to what the file says, and how to fix that. */
export function describeImpossible(
  kind: ImpossibleUse['kind'],
  { path, configured, plugin }: { path: string; configured: ConfiguredVersion; plugin: PluginId },
): Pick<FoundDifference, 'cause' | 'fix'> {
  switch (kind) {
    case 'unversioned-unreachable':
      return {
        cause: `configured for ${configured}; a version, once set, cannot be cleared`,
        fix: `register the same binary under a version, and \`use\` that version for ${path}`,
      }
    case 'builtin-hidden':
      return {
        cause: 'an unversioned entry hides the builtin, and the file does not retire the entry',
        fix: `add \`unversioned\` to \`retire\` of ${plugin}`,
      }
    case 'builtin-unknown':
      return {
        cause: `configured for ${configured}, and the version of the builtin cannot be read`,
        fix: `check that ${plugin} is compiled into the server; if an unversioned entry hides it, deregister the entry first`,
      }
    case 'latest-unavailable':
      return {
        cause: `configured for ${configuredLabel(configured)}; the servers do not know \`latest\` (OpenBao does since 2.7), or no version of ${plugin} stays registered`,
        fix: `\`use\` a version for ${path}`,
      }
    default:
      return unreachable(kind)
  }
}
