/**
 * Desired state: what the files ask for, after merging, with defaults and hashes, and with the
 * place of each part. Made by `desired/`; read by the planner, the rules and drift.
 */
import type { ConnectionPath, MountPath, NodeAddress, PluginId, Sha256, Version } from './names.ts'

/**
 * A place in a file; line and column count from 1. If the line is 0, `file` is the whole place,
 * such as `plan.json#/desired/mounts/team-a~1` in a plan.
 */
export interface Source {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * What a mount should run: a registered version, the highest version that is registered at each
 * reload or restart (`latest`), the unversioned entry, or the builtin.
 */
export type Use =
  | { readonly kind: 'version'; readonly version: Version }
  | { readonly kind: 'latest' }
  | { readonly kind: 'unversioned' }
  | { readonly kind: 'builtin' }

export interface DesiredState {
  readonly cluster: DesiredCluster
  /** Sorted by id. */
  readonly plugins: readonly DesiredPlugin[]
  /** Sorted by path. */
  readonly mounts: readonly DesiredMount[]
  /** Sorted by path. */
  readonly connections: readonly DesiredConnection[]
  readonly allow: readonly Allowance[]
  readonly ignore: readonly Ignore[]
}

export interface DesiredCluster {
  readonly name?: { readonly value: string; readonly source: Source }
  readonly address?: { readonly value: NodeAddress; readonly source: Source }
  /** Absent: the cluster is asked for its nodes. */
  readonly nodes?: readonly NodeAddress[]
  /**
   * A command with the placeholders `{host}`, `{address}` and `{command}`. Its output begins with
   * the hash.
   */
  readonly binaryCheck?: { readonly command: readonly string[]; readonly source: Source }
  /** API path of a KV v2 secret that serves as the lock between machines, e.g. `secret/lockstep`. */
  readonly lock?: { readonly kv: string; readonly source: Source }
  /** API path in a KV v2 mount below which all machines record their runs, e.g. `secret/lockstep`. */
  readonly journal?: { readonly kv: string; readonly source: Source }
}

export interface DesiredPlugin {
  readonly id: PluginId
  /** Absent: its mounts stay as they are. */
  readonly use?: { readonly value: Use; readonly source: Source }
  readonly overridesBuiltin: boolean
  /** Sorted by version, the unversioned entry first. */
  readonly versions: readonly DesiredVersion[]
  readonly retire: readonly { readonly version: Version; readonly source: Source }[]
  readonly source: Source
}

export interface DesiredVersion {
  readonly version: Version
  readonly command: string
  readonly sha256: Sha256
  readonly args: readonly string[]
  /** Sorted by name. */
  readonly env: readonly EnvironmentVariable[]
  readonly data: DataCompatibility
  readonly source: Source
}

/**
 * A variable of the plugin's process: `value` is written in the file; `from` names a variable that
 * is read when the plan is applied; `withheld` has a value in the file that the plan was made from,
 * which a plan does not hold.
 */
export type EnvironmentVariable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly from: string }
  | { readonly name: string; readonly withheld: true }

/** Semver ranges; absent if none was declared. */
export interface DataCompatibility {
  /** The versions whose stored data this one reads. */
  readonly upgradeFrom?: string
  /** The versions that read the data this one has written. */
  readonly downgradeTo?: string
}

export interface DesiredMount {
  readonly path: MountPath
  readonly plugin: PluginId
  readonly use?: { readonly value: Use; readonly source: Source }
  readonly canary: boolean
  readonly enable: boolean
  readonly verify: readonly Verification[]
  readonly because?: string
  readonly source: Source
}

/** A check of a mount after its reload: a path read below it, or a command run. */
export type Verification =
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'run'; readonly command: readonly string[] }

export interface DesiredConnection {
  readonly path: ConnectionPath
  readonly plugin: PluginId
  readonly use?: { readonly value: Use; readonly source: Source }
  readonly source: Source
}

/** A finding accepted in the file. */
export interface Allowance {
  readonly rule: string
  readonly subject: string
  readonly because: string
  /** Who accepts it. */
  readonly by?: string
  /** ISO date, inclusive. */
  readonly until?: string
  /** Absent if it comes from the command line. */
  readonly source?: Source
}

/** A difference that drift ignores. */
export interface Ignore {
  readonly class: string
  readonly subject: string
  readonly because: string
  readonly until?: string
  readonly source: Source
}
