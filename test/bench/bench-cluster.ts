/**
 * The cluster that the rows are measured on: mounts of one plugin, builtin mounts beside them, and
 * catalog entries that no mount runs. Also brings it back to how it was before an upgrade.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import {
  bareCommand,
  type BareCluster,
  BENCH_PLUGIN,
  movePhases,
  NEW_VERSION,
  OLD_VERSION,
  phase,
  type Phase,
  post,
  type Registration,
} from './bare-phases.ts'

const OLD_FILE = 'secrets-kv-0.16.2'
const NEW_FILE = 'secrets-kv-0.21.0'
export const BENCH_FILES = [OLD_FILE, NEW_FILE] as const

export interface BenchSize {
  /** Builtin mounts that no plan touches. */
  readonly beside: number
  /** Entries in the catalog, that of the old version included. */
  readonly entries: number
}

export class BenchCluster {
  readonly cluster: ClusterClient
  /** Where the files of the bench lie. */
  readonly folder: string
  /** The desired state: the new version for every mount of the plugin. */
  readonly desired: string
  #mounts: string[] = []

  private constructor(cluster: ClusterClient, folder: string) {
    this.cluster = cluster
    this.folder = folder
    this.desired = join(folder, 'lockstep.yaml')
  }

  /** Makes the mounts beside, the entries and the desired state; no mount of the plugin. */
  static async prepare(
    cluster: ClusterClient,
    folder: string,
    { beside, entries }: BenchSize,
  ): Promise<BenchCluster> {
    const bench = new BenchCluster(cluster, folder)
    const { active } = await bench.nodes()
    const old = { command: OLD_FILE, sha256: cluster.pluginSha256(OLD_FILE), version: OLD_VERSION }
    const names = Array.from({ length: entries - 1 }, (_, at) => `bench-beside-${numbered(at)}`)
    const paths = Array.from({ length: beside }, (_, at) => `bench-beside-${numbered(at)}`)
    await bench.send('beside', [
      phase(
        [BENCH_PLUGIN, ...names].map((name) =>
          post(active, `sys/plugins/catalog/secret/${name}`, old),
        ),
      ),
      // A standby of OpenBao that hears of two mounts at once may miss one.
      phase(
        paths.map((path) => post(active, `sys/mounts/${path}`, { type: 'kv' })),
        1,
      ),
    ])
    await cluster.waitUntilReady()
    await writeFile(bench.desired, bench.#renderDesired())
    return bench
  }

  /** The mounts of the plugin that are there. */
  get mounts(): readonly string[] {
    return this.#mounts
  }

  get registration(): Registration {
    return { command: NEW_FILE, sha256: this.cluster.pluginSha256(NEW_FILE) }
  }

  /** The active node is the last, as a rolling reload has it. */
  async nodes(): Promise<BareCluster> {
    const { addresses } = this.cluster
    const active = addresses[await this.cluster.activeIndex()] ?? ''
    return { active, nodes: [...addresses.filter((address) => address !== active), active] }
  }

  /** Adds mounts of the plugin until there are so many. */
  async grow(mounts: number): Promise<void> {
    const { active } = await this.nodes()
    const added = Array.from(
      { length: mounts - this.#mounts.length },
      (_, at) => `bench-${numbered(this.#mounts.length + at)}/`,
    )
    const config = { plugin_version: OLD_VERSION }
    await this.send('grow', [
      phase(
        added.map((path) =>
          post(active, `sys/mounts/${path.slice(0, -1)}`, { type: BENCH_PLUGIN, config }),
        ),
        1,
      ),
    ])
    this.#mounts = [...this.#mounts, ...added]
    await this.cluster.waitUntilReady()
  }

  /**
   * Brings every mount back to the old version, after `apply` or anything else upgraded them.
   * Throws where a node did not run the new version: what did not do the work was not measured.
   */
  async rewind(): Promise<void> {
    await this.#demandNewVersion()
    const nodes = await this.nodes()
    const path = `sys/plugins/catalog/secret/${BENCH_PLUGIN}?version=${NEW_VERSION}`
    await this.send('rewind', [
      ...movePhases(nodes, this.#mounts, OLD_VERSION),
      phase([{ method: 'DELETE', url: `${nodes.active}/v1/${path}` }]),
    ])
  }

  /** Sends requests without the program. */
  async send(name: string, phases: readonly Phase[]): Promise<void> {
    const { folder } = this
    const command = await bareCommand(phases, { folder, name, token: this.cluster.token })
    await execa(process.execPath, command)
  }

  async #demandNewVersion(): Promise<void> {
    interface Mounts {
      readonly data: Readonly<Record<string, { readonly running_sha256: string }>>
    }
    for (const address of this.cluster.addresses) {
      const options = { noForwarding: true }
      const { body } = await this.cluster.request<Mounts>(address, 'GET', 'sys/mounts', options)
      const { sha256 } = this.registration
      const old = this.#mounts.filter((mount) => body.data[mount]?.running_sha256 !== sha256)
      if (old.length > 0) {
        throw new Error(`${address} does not run ${NEW_VERSION} at ${old.join(', ')}`)
      }
    }
  }

  #renderDesired(): string {
    const entry = (version: string, file: (typeof BENCH_FILES)[number]): string =>
      [
        `      ${version}:`,
        `        command: ${file}`,
        `        sha256: ${this.cluster.pluginSha256(file)}`,
        `        data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' }`,
      ].join('\n')
    return [
      'version: 1',
      'plugins:',
      `  secret/${BENCH_PLUGIN}:`,
      `    use: ${NEW_VERSION}`,
      '    versions:',
      entry(OLD_VERSION, OLD_FILE),
      entry(NEW_VERSION, NEW_FILE),
      '',
    ].join('\n')
  }
}

function numbered(at: number): string {
  return String(at).padStart(4, '0')
}
