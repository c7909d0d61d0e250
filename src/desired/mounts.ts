/**
 * Reads the mounts of all files. Each names a plugin that the files list, at a path of the plugin's
 * type.
 */
import type { DesiredMount, Source, Verification } from '../domain/desired.ts'
import type { Mount } from '../documents/desired-state.generated.ts'
import { findProblemInMountPath, findProblemInName } from '../domain/name-problems.ts'
import {
  compareText,
  parseMountPath,
  pluginType,
  withSlash,
  type MountPath,
  type PluginId,
} from '../domain/names.ts'
import { claimOnce, placeOf, type InputFile, type Report } from './input-file.ts'
import { commandNear } from './files/near-file.ts'
import type { LookUpPlugin } from './plugin-lookup.ts'
import type { Checked } from './shape/shape.ts'
import { readUse } from './use.ts'
import { showText } from './wording.ts'

/** The mounts, sorted by path. Problems are reported, and invalid mounts left out. */
export function loadMounts(
  files: readonly InputFile[],
  lookUp: LookUpPlugin,
  report: Report,
): readonly DesiredMount[] {
  const claim = claimOnce('mount', report)
  const mounts: DesiredMount[] = []
  for (const file of files) {
    for (const [text, given] of Object.entries(file.document.mounts ?? {})) {
      const source = placeOf(file, 'mounts', text).key
      const path = readPath(text, source, report)
      if (path !== undefined) claim(path, source)
      const mount = loadMount({ file, text, path, lookUp, report }, given ?? {})
      if (mount !== undefined) mounts.push(mount)
    }
  }
  return mounts.sort((a, b) => compareText(a.path, b.path))
}

interface MountReading {
  readonly file: InputFile
  /** The key, as it is written. */
  readonly text: string
  /** Undefined if the key is not a mount path. The rest is still read. */
  readonly path: MountPath | undefined
  readonly lookUp: LookUpPlugin
  readonly report: Report
}

function loadMount(reading: MountReading, mount: Checked<Mount>): DesiredMount | undefined {
  const { file, text, path, lookUp, report } = reading
  const sourceOf = (key: string): Source => placeOf(file, 'mounts', text, key).value
  const plugin = mount.plugin === undefined ? undefined : lookUp(mount.plugin, sourceOf('plugin'))
  const use =
    mount.use === undefined ? undefined : readUse(mount.use, sourceOf('use'), plugin?.names, report)
  const verify = (mount.verify ?? []).flatMap(
    (check, index) => readVerification(reading, check, index) ?? [],
  )
  if (plugin === undefined) return undefined
  const { id } = plugin
  if (path !== undefined) checkPath(path, id, reading)
  if (mount.enable === true && !('use' in mount) && plugin.names?.saysUse === false) {
    report({
      message: 'enable: true needs `use`: the version that the new mount runs',
      source: sourceOf('enable'),
      hint: `say use: here or for ${id}`,
    })
  }
  if (path === undefined) return undefined
  return {
    path,
    plugin: id,
    ...(use !== undefined && { use }),
    canary: mount.canary ?? false,
    enable: mount.enable ?? false,
    verify,
    ...(mount.because !== undefined && { because: mount.because }),
    source: placeOf(file, 'mounts', text).key,
  }
}

function readPath(text: string, source: Source, report: Report): MountPath | undefined {
  const problem = findProblemInMountPath(withSlash(text))
  if (problem !== undefined) {
    report({
      message: `${showText(text)} cannot be a mount's path: it ${problem}`,
      source,
      hint: 'write it as the server lists it, e.g. team-a/ or auth/jwt/',
    })
  }
  return parseMountPath(text)
}

function checkPath(path: MountPath, id: PluginId, { file, text, report }: MountReading): void {
  const { key } = placeOf(file, 'mounts', text)
  switch (pluginType(id)) {
    case 'database':
      report({
        message: `${showText(path)} cannot be a mount of ${id}: databases have their version at each connection`,
        source: placeOf(file, 'mounts', text, 'plugin').value,
        hint: 'write connections: { <mount>/config/<name>: … } instead',
      })
      return
    case 'auth':
      // The path may begin with a namespace.
      if (/(^|\/)auth\/[^/]/.test(path)) return
      report({
        message: `${showText(path)} is not an auth method's path, but ${id} is an auth plugin`,
        source: key,
        hint: `did you mean auth/${showText(path)}?`,
      })
      return
    case 'secret':
      if (!path.startsWith('auth/')) return
      report({
        message: `${showText(path)} is an auth method's path, but ${id} is a secret plugin`,
        source: key,
      })
  }
}

function readVerification(
  { file, text, report }: MountReading,
  check: NonNullable<Checked<Mount>['verify']>[number],
  index: number,
): Verification | undefined {
  if (check === undefined) return undefined
  if ('run' in check) {
    const command = (check.run ?? []).flatMap((part) => part ?? [])
    return { kind: 'run', command: commandNear(file.file, command) }
  }
  if (!('read' in check) || check.read === undefined) return undefined
  const path = check.read
  const problem = explainReadPath(path)
  if (problem === undefined) return { kind: 'read', path }
  report({
    message: `read: ${showText(path)} ${problem}`,
    source: placeOf(file, 'mounts', text, 'verify', index, 'read').value,
    hint: 'write a path below the mount, e.g. config',
  })
  return undefined
}

function explainReadPath(path: string): string | undefined {
  if (path.startsWith('/')) return 'begins with a slash'
  if (path.split('/').some((part) => part === '..' || part === '.')) return 'leaves the mount'
  if (path.includes('?')) return 'has a question mark in it'
  return findProblemInName(path.replace(/\/$/, ''))
}
