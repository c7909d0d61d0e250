/** The desired mounts of a rollback: as they were before the run. Pure. */
import type { RunStarted } from '../documents/journal.generated.ts'
import type { DesiredMount, DesiredPlugin, Use } from '../domain/desired.ts'
import { nameSome } from '../domain/name-some.ts'
import { highestVersion } from '../domain/latest.ts'
import {
  BUILTIN,
  LATEST,
  type MountPath,
  type PluginId,
  type RunningBinary,
  UNVERSIONED,
} from '../domain/names.ts'
import { compareWithBeginning, type LostState } from './unreloaded-mounts.ts'
import { entryBefore, registeredBefore } from './plugins-before.ts'
import { type RollbackContext, sourceOf, useOf } from './rollback-sources.ts'

interface MountsBefore {
  readonly desired: readonly DesiredMount[]
  readonly lost: readonly LostState[]
}

/**
 * The mounts to roll back. A mount that ran another binary than configured when the run began is
 * left alone if it still does; otherwise it is in `lost`. Adds sentences for the user to `notes`.
 */
export function mountsBefore(
  known: RollbackContext,
  plugins: readonly DesiredPlugin[],
  notes: string[],
): MountsBefore {
  const { before } = known.started
  const desired: DesiredMount[] = []
  const lost: LostState[] = []
  const unchanged: string[] = []
  for (const found of before.mounts) {
    for (const mount of mountBefore(found, known, plugins, notes)) {
      const started = findStartedBinary(mount, plugins)
      const beginning =
        started === undefined
          ? undefined
          : compareWithBeginning(found, started, known.index.mountAt(mount.path))
      if (beginning?.kind === 'lost') lost.push(beginning.lost)
      else if (beginning?.kind === 'unchanged') unchanged.push(mount.path)
      else desired.push(mount)
    }
  }
  if (unchanged.length > 0) {
    notes.push(
      `${nameSome(unchanged)}: between two binaries when that run began, and still so. No reload can restore that, so these mounts are not changed.`,
    )
  }
  if (before.mounts.some(({ version, running }) => version !== null && running === undefined)) {
    notes.push(
      'For some mounts the journal does not record the running binary: these mounts are rolled back to what was configured and registered when that run began.',
    )
  }
  return { desired, lost }
}

/** The binary that a reload starts for a desired mount. Undefined if that is unknown. */
function findStartedBinary(
  { plugin, use }: DesiredMount,
  plugins: readonly DesiredPlugin[],
): RunningBinary | undefined {
  if (use === undefined) return undefined
  if (use.value.kind === 'builtin') return BUILTIN
  const versions = plugins.find(({ id }) => id === plugin)?.versions ?? []
  const version =
    use.value.kind === 'version'
      ? use.value.version
      : use.value.kind === 'latest'
        ? highestVersion(versions.map((candidate) => candidate.version))
        : UNVERSIONED
  return versions.find((candidate) => candidate.version === version)?.sha256
}

function mountBefore(
  { mount, plugin, version }: RunStarted['before']['mounts'][number],
  known: RollbackContext,
  plugins: readonly DesiredPlugin[],
  notes: string[],
): DesiredMount[] {
  if (version === null) return []
  const source = sourceOf(known.started)
  const unversioned = entryBefore(plugin, UNVERSIONED, known)
  const value =
    version === LATEST ? useOfLatest({ mount, plugin }, known, plugins, notes) : useOf(version)
  const inFile = known.file?.mounts.find(({ path }) => path === mount)
  return [
    {
      ...(inFile ?? { canary: false, verify: [] }),
      path: mount,
      plugin,
      enable: false,
      // A mount without a version, without an unversioned entry, ran the builtin.
      use: {
        value: value.kind === 'unversioned' && unversioned === null ? { kind: 'builtin' } : value,
        source,
      },
      source,
    },
  ]
}

/**
 * `latest` if it means the same version as when the run began. If a higher version stays
 * registered, `latest` would start that one, so the version is named instead.
 */
function useOfLatest(
  { mount, plugin }: { readonly mount: MountPath; readonly plugin: PluginId },
  known: RollbackContext,
  plugins: readonly DesiredPlugin[],
  notes: string[],
): Use {
  const before = highestVersion(registeredBefore(plugin, known))
  const { versions = [], retire = [] } = plugins.find(({ id }) => id === plugin) ?? {}
  const goes = new Set(retire.map(({ version }) => version))
  const stays = [...known.index.externals(plugin), ...versions].map(({ version }) => version)
  const after = highestVersion(stays.filter((version) => !goes.has(version)))
  if (before === undefined || before === after) return { kind: 'latest' }
  notes.push(
    `${mount} was configured for latest, which was ${before}. ${String(after)} stays registered, so ${mount} is configured for ${before}.`,
  )
  return { kind: 'version', version: before }
}
