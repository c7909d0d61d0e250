/** The generators' names with the real programs behind them: two for each plugin. */
import { type Sha256 } from '../../src/domain/names.ts'
import type { TestCluster } from '../cluster/cluster.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { type PaintedName, type Palette, paletteOf } from '../property/palette.ts'

const PROGRAMS: Readonly<Record<PaintedName, readonly [PluginFile, PluginFile]>> = {
  'secret/my-kv': ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'],
  'auth/jwt': ['auth-jwt-0.25.0', 'auth-jwt-0.26.1'],
  'database/redis': ['database-redis-0.6.0', 'database-redis-0.7.0'],
}

/** None of the programs says its version, so that each may be registered under any. */
export function realPalette(cluster: TestCluster): Palette {
  const sha256Of = (file: PluginFile) => cluster.pluginSha256(file) as Sha256
  return paletteOf(
    (name) => PROGRAMS[name].map((command) => ({ command, sha256: sha256Of(command) })),
    // A flag that the programs know and that changes nothing here.
    [[], ['-tls-server-name=spare']],
    (name) => {
      const [older, newer] = PROGRAMS[name]
      return [{ command: older, sha256: sha256Of(newer) }]
    },
  )
}
