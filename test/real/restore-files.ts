/** Plugin files as they were when the cluster was started. */
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ensurePlugins } from '../cluster/cache.ts'
import type { TestCluster } from '../cluster/cluster.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'

/** The process that runs a file keeps the one it was started from. */
export async function restoreFiles(
  cluster: TestCluster,
  node: number,
  files: readonly PluginFile[],
): Promise<void> {
  for (const [file, { path }] of await ensurePlugins(files)) {
    const target = join(cluster.node(node).pluginDirectory, file)
    await rm(target, { force: true })
    await copyFile(path, target)
  }
}
