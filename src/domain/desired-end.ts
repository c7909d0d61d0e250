/**
 * The desired state after a plan, as the file has it. Nothing in it comes from the plan's own
 * steps.
 */
import type {
  ConfiguredVersion,
  RunningBinary,
  ConnectionPath,
  MountPath,
  NodeAddress,
  PluginId,
  Sha256,
  Version,
} from './names.ts'

export interface DesiredEnd {
  readonly entries: readonly DesiredEndEntry[]
  readonly mounts: readonly DesiredEndMount[]
  readonly connections: readonly {
    readonly connection: ConnectionPath
    readonly version: Version
  }[]
}

export interface DesiredEndEntry {
  readonly plugin: PluginId
  readonly version: Version
  /** Null for a retired version: nothing is registered under it after the plan. */
  readonly content: {
    readonly command: string
    readonly sha256: Sha256
    readonly args: readonly string[]
  } | null
}

/** A mount that exists, or that the plan makes. */
export interface DesiredEndMount {
  readonly mount: MountPath
  /** The configured version; `''` for none. */
  readonly configured: ConfiguredVersion
  /** The version that it starts; `''` for none. */
  readonly version: Version
  readonly sha256: RunningBinary
  /**
   * The nodes that can reach this state: those whose running binary is known. Empty if the plugin
   * is pinned to another version.
   */
  readonly nodes: readonly NodeAddress[]
}
