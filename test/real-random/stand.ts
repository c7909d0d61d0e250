/** The clusters that seeds are played on: a plain one, and one whose configuration declares entries. */
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { ensureServerProgram, type Log } from '../cluster/cache.ts'
import { pluginFiles } from '../cluster/plugin-files.ts'
import { identifyServer, type Product } from '../cluster/product.ts'
import type { DeclaredPlugin } from '../cluster/server-configuration.ts'
import { NodeFiles } from './node-files.ts'

/** Under the programs that the generated files usually list. */
const DECLARED: readonly DeclaredPlugin[] = [
  { type: 'secret', name: 'my-kv', command: 'secrets-kv-0.21.0', version: 'v1.1.0' },
  { type: 'auth', name: 'jwt', command: 'auth-jwt-0.25.0', version: 'v2.0.0' },
]

export interface Playground {
  readonly cluster: TestCluster
  readonly files: NodeFiles
  readonly declared: readonly DeclaredPlugin[]
}

export class Stand {
  readonly #log: Log
  readonly #playgrounds = new Map<number, Playground>()
  #product: Product | undefined

  constructor(log: Log = () => undefined) {
    this.#log = log
  }

  async product(): Promise<Product> {
    this.#product ??= (await identifyServer(await ensureServerProgram(this.#log))).product
    return this.#product
  }

  /** Every third seed is played where entries are declared (OpenBao). */
  async playground(seed: number): Promise<Playground> {
    const declared = seed % 3 === 0 && (await this.product()) === 'openbao' ? DECLARED : []
    const known = this.#playgrounds.get(declared.length)
    if (known !== undefined) return known
    const cluster = await startCluster({ plugins: pluginFiles, declared, log: this.#log })
    const playground = { cluster, declared, files: new NodeFiles(cluster) }
    this.#playgrounds.set(declared.length, playground)
    return playground
  }

  /** Where it is of no more use, the next seed gets another. */
  async remove({ cluster, declared }: Playground): Promise<void> {
    this.#playgrounds.delete(declared.length)
    await cluster.stop()
  }

  async clear(): Promise<void> {
    await Promise.all([...this.#playgrounds.values()].map((one) => this.remove(one)))
  }
}
