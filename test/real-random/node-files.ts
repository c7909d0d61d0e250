/** The plugin files on the disks of real nodes: what each holds, replaced and brought back. */
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeAddress, Sha256 } from '../../src/domain/names.ts'
import { ensurePlugins } from '../cluster/cache.ts'
import type { TestCluster } from '../cluster/cluster.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'

interface Replaced {
  readonly node: NodeAddress
  readonly command: PluginFile
  readonly by: PluginFile
}

export class NodeFiles {
  readonly #cluster: TestCluster
  #replaced: readonly Replaced[] = []

  constructor(cluster: TestCluster) {
    this.#cluster = cluster
  }

  contentOf(node: NodeAddress, command: string): Sha256 {
    const replaced = this.#replaced.findLast((one) => one.node === node && one.command === command)
    return this.#cluster.pluginSha256(replaced?.by ?? (command as PluginFile)) as Sha256
  }

  /** As a new image has it: other bytes under the same name. A running process keeps its own. */
  async replace(node: NodeAddress, command: string, by: string): Promise<void> {
    const replaced = { node, command: command as PluginFile, by: by as PluginFile }
    this.#replaced = [...this.#replaced, replaced]
    await this.#write(replaced)
  }

  /** Every node has each file as it was installed. */
  async restore(): Promise<void> {
    for (const { node, command } of this.#replaced)
      await this.#write({ node, command, by: command })
    this.#replaced = []
  }

  async #write({ node, command, by }: Replaced): Promise<void> {
    const { pluginDirectory } = this.#cluster.node(this.#cluster.addresses.indexOf(node))
    const source = (await ensurePlugins([by])).get(by)
    const path = join(pluginDirectory, command)
    await rm(path, { force: true })
    await copyFile(source?.path ?? '', path)
  }
}
