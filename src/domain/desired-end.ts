/** Where a plan is to end, as the file has it: nothing of it is taken from the plan's own steps. */
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
  /** Null for what is retired: nothing is to be registered under the version. */
  readonly content: {
    readonly command: string
    readonly sha256: Sha256
    readonly args: readonly string[]
  } | null
}

/** A mount that is there, or is to be made. */
export interface DesiredEndMount {
  readonly mount: MountPath
  /** What it is configured for; `''` for none. */
  readonly configured: ConfiguredVersion
  /** What it is started under then; `''` for none. */
  readonly version: Version
  readonly sha256: RunningBinary
  /** Where it can be brought there: nodes of which it is known what they run, none beside a pin. */
  readonly nodes: readonly NodeAddress[]
}
