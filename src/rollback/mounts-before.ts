/** The mounts as a run found them, for the way back to where it began. Pure. */
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
import { beginningOf, type LostBeginning } from './unreloaded-mounts.ts'
import { entryBefore, registeredBefore } from './plugins-before.ts'
import { type RollbackContext, sourceOf, useOf } from './rollback-sources.ts'

interface MountsBefore {
  readonly desired: readonly DesiredMount[]
  readonly lost: readonly LostBeginning[]
}

/** What the run found half way stays as it is, if it still is so. */
export function mountsBefore(
  known: RollbackContext,
  plugins: readonly DesiredPlugin[],
  notes: string[],
): MountsBefore {
  const { before } = known.started
  const desired: DesiredMount[] = []
  const lost: LostBeginning[] = []
  const standing: string[] = []
  for (const one of before.mounts) {
    for (const mount of mountBefore(one, known, plugins, notes)) {
      const due = startedBy(mount, plugins)
      const beginning =
        due === undefined ? undefined : beginningOf(one, due, known.index.mountAt(mount.path))
      if (beginning?.kind === 'lost') lost.push(beginning.lost)
      else if (beginning?.kind === 'stands') standing.push(mount.path)
      else desired.push(mount)
    }
  }
  if (standing.length > 0) {
    notes.push(
      `${nameSome(standing)}: between two binaries when that run began, and still so. No reload can restore that, so these mounts are not changed.`,
    )
  }
  if (before.mounts.some(({ version, running }) => version !== null && running === undefined)) {
    notes.push(
      'The journal does not say of every mount what ran when that run began: it goes back to what was configured and registered.',
    )
  }
  return { desired, lost }
}

/** Undefined where nobody knows. */
function startedBy(
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
        ? highestVersion(versions.map((one) => one.version))
        : UNVERSIONED
  return versions.find((one) => one.version === version)?.sha256
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
      // Without a version and without such an entry it ran what is compiled in.
      use: {
        value: value.kind === 'unversioned' && unversioned === null ? { kind: 'builtin' } : value,
        source,
      },
      source,
    },
  ]
}

/**
 * `latest` again, where that comes to what it came to when the run began. Where a higher version
 * stays registered, only the version itself runs what ran then.
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
