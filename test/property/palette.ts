/**
 * The few names that generated clusters and files are made of: few, so that they meet often. A
 * palette of real programs can take the place of the made-up one.
 */
import { createHash } from 'node:crypto'
import {
  type ConnectionPath,
  type MountPath,
  type Namespace,
  type PluginId,
  ROOT_NAMESPACE,
  type Sha256,
  UNVERSIONED,
  type Version,
} from '../../src/domain/names.ts'
import { connectionPath, mountPath, plugin, version } from '../builders/live.ts'

/** A program as it lies in every node's plugin directory. */
export interface Binary {
  readonly command: string
  readonly sha256: Sha256
}

export interface PlacedMount {
  readonly path: MountPath
  readonly namespace: Namespace
}

export interface PaintedPlugin {
  readonly id: PluginId
  /** Whether both servers have a compiled-in plugin of this name. */
  readonly builtin: boolean
  readonly binaries: readonly Binary[]
  /** Programs that some nodes get under the name of an older one. */
  readonly replacements: readonly Binary[]
  readonly mounts: readonly PlacedMount[]
  readonly connections: readonly ConnectionPath[]
}

export interface Palette {
  readonly plugins: readonly PaintedPlugin[]
  /** The unversioned one first. */
  readonly versions: readonly Version[]
  /** The arguments an entry may have. */
  readonly args: readonly (readonly string[])[]
}

/** Where the connections lie: a mount of the compiled-in `database` engine. */
export const DATABASE_MOUNT = mountPath('db/')
/** A key/value store of version 2, for the lock of a cluster. */
export const LOCK_MOUNT = mountPath('locks/')
export const NESTED = 'ns1/' as Namespace

const VERSIONS: readonly Version[] = [
  UNVERSIONED,
  version('v1.0.0'),
  version('v1.1.0'),
  version('v2.0.0'),
]

/** Mounts and connections by plugin; the programs are another matter. */
const PLACES = [
  { name: 'secret/my-kv', builtin: false, mounts: ['a/', 'b/', 'ns1/c #ü/'], connections: [] },
  {
    name: 'auth/jwt',
    builtin: true,
    mounts: ['auth/ci%2f+/', 'auth/jwt/', 'ns1/auth/jwt/'],
    connections: [],
  },
  {
    name: 'database/redis',
    builtin: false,
    mounts: [],
    connections: ['db/config/orders', 'db/config/users'],
  },
] as const

export type PaintedName = (typeof PLACES)[number]['name']

/** @param binaries the programs of each plugin, the oldest first */
export function paletteOf(
  binaries: (name: PaintedName) => readonly Binary[],
  args: Palette['args'],
  replacements: (name: PaintedName) => readonly Binary[] = () => [],
): Palette {
  return {
    plugins: PLACES.map(({ name, builtin, mounts, connections }) => ({
      id: plugin(name),
      builtin,
      binaries: binaries(name),
      replacements: replacements(name),
      mounts: mounts.map((path) => ({
        path: mountPath(path),
        namespace: path.startsWith(NESTED) ? NESTED : ROOT_NAMESPACE,
      })),
      connections: connections.map(connectionPath),
    })),
    versions: VERSIONS,
    args,
  }
}

/** The same without what lies in a namespace. */
export function inRoot({ plugins, ...rest }: Palette): Palette {
  return {
    ...rest,
    plugins: plugins.map(({ mounts, ...plugin }) => ({
      ...plugin,
      mounts: mounts.filter(({ namespace }) => namespace === ROOT_NAMESPACE),
    })),
  }
}

/** Three programs for each plugin, which exist only by name. */
export const MADE_UP: Palette = paletteOf(
  (name) => ['old', 'middle', 'new'].map((age) => madeUpBinary(`${name.replace('/', '-')}-${age}`)),
  [[], ['-log=json']],
)

function madeUpBinary(command: string): Binary {
  return { command, sha256: createHash('sha256').update(command).digest('hex') as Sha256 }
}

/** The program that a version of a plugin is usually registered with. */
export function usualBinary({ binaries }: PaintedPlugin, of: Version): Binary {
  const at = Math.max(VERSIONS.indexOf(of) - 1, 0) % binaries.length
  return binaries[at]!
}
