/** Desired states for drift's tests: what a test does not say is what the file says by default. */
import type {
  DesiredConnection,
  DesiredMount,
  DesiredPlugin,
  DesiredState,
  DesiredVersion,
  Source,
  Use,
} from '../../src/domain/desired.ts'
import {
  type ConnectionPath,
  type MountPath,
  type PluginId,
  type Version,
} from '../../src/domain/names.ts'
import { commandOf, sha256Of, version } from '../builders/live.ts'

export function writtenOn(line: number): Source {
  return { file: 'lockstep.yaml', line, column: 3 }
}

export function desiredState(overrides: Partial<DesiredState> = {}): DesiredState {
  const nothing = { plugins: [], mounts: [], connections: [], allow: [], ignore: [] }
  return { cluster: {}, ...nothing, ...overrides }
}

/** `unversioned`, `builtin`, or a version; on line 4 of the file. */
export function using(text: string): { value: Use; source: Source } {
  const value: Use =
    text === 'unversioned' || text === 'builtin'
      ? { kind: text }
      : { kind: 'version', version: version(text) }
  return { value, source: writtenOn(4) }
}

export interface PluginOptions {
  readonly use?: string
  readonly versions?: readonly Version[]
  readonly retire?: readonly Version[]
}

/** Each version has the binary that `catalogEntry` registers under it. */
export function desiredPlugin(id: PluginId, options: PluginOptions = {}): DesiredPlugin {
  const { use, versions = [], retire = [] } = options
  return {
    id,
    ...(use !== undefined && { use: using(use) }),
    overridesBuiltin: false,
    versions: versions.map((of, index) => desiredVersion(id, of, index)),
    retire: retire.map((of) => ({ version: of, source: writtenOn(9) })),
    source: writtenOn(3),
  }
}

function desiredVersion(id: PluginId, of: Version, index: number): DesiredVersion {
  return {
    version: of,
    command: commandOf(id, of),
    sha256: sha256Of(id, of),
    args: [],
    env: [],
    data: {},
    source: writtenOn(6 + index),
  }
}

export function desiredMount(
  path: MountPath,
  plugin: PluginId,
  overrides: Partial<DesiredMount> = {},
): DesiredMount {
  const source = writtenOn(12)
  return { path, plugin, canary: false, enable: false, verify: [], source, ...overrides }
}

export function desiredConnection(
  path: ConnectionPath,
  plugin: PluginId,
  use?: string,
): DesiredConnection {
  return { path, plugin, ...(use !== undefined && { use: using(use) }), source: writtenOn(16) }
}
