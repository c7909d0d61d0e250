/**
 * Starts a real cluster for a test: servers on Raft storage, each with a plugin directory of its
 * own, all on the loopback interface and in one temporary folder. Several can run at once. Nothing
 * of it survives `stop()`, a failed start, or the end of this process.
 */
import { mkdir, mkdtemp, readFile, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensurePlugins, ensureServerProgram, type CachedPlugin, type Log } from './cache.ts'
import { makeCertificate, type Certificate } from './certificate.ts'
import { ClusterClient, type ClusterDescription } from './cluster-client.ts'
import { ClusterGuard } from './cluster-guard.ts'
import { ClusterNode } from './cluster-node.ts'
import { auditLogName, makeNodeFolder } from './node-folder.ts'
import { MissingToolError } from './missing-tool-error.ts'
import type { PluginFile } from './plugin-files.ts'
import { findFreePorts, giveBackPorts } from './ports.ts'
import { identifyServer, type ServerIdentity } from './product.ts'
import type { DeclaredPlugin } from './server-configuration.ts'
import { formRaftCluster } from './raft-cluster.ts'

export interface ClusterOptions {
  /** What lies in every node's plugin directory; nothing if not said. */
  readonly plugins?: readonly PluginFile[]
  /** 3 if not said. */
  readonly nodes?: number
  /** `lab` if not said. */
  readonly clusterName?: string
  /** With a certificate of its own: `caCertificate`. */
  readonly tls?: boolean
  /** With a file audit device, one file a node. */
  readonly audit?: boolean
  /** Standbys forward, as Vault's always do (OpenBao's `disable_standby_reads`). */
  readonly disableStandbyReads?: boolean
  /** Entries of the servers' own configuration (OpenBao). */
  readonly declared?: readonly DeclaredPlugin[]
  readonly log?: Log
}

export class TestCluster extends ClusterClient {
  readonly nodes: readonly ClusterNode[]
  /** Where everything of it lies. */
  readonly folder: string
  readonly #clear: () => Promise<void>

  constructor(
    description: ClusterDescription,
    parts: {
      readonly nodes: readonly ClusterNode[]
      readonly folder: string
      readonly clear: () => Promise<void>
    },
  ) {
    super(description)
    this.nodes = parts.nodes
    this.folder = parts.folder
    this.#clear = parts.clear
  }

  /** Of now: a node may have moved. */
  override get addresses(): readonly string[] {
    return this.nodes.map(({ address }) => address)
  }

  node(index: number): ClusterNode {
    const node = this.nodes[index]
    if (node === undefined) throw new RangeError(`the cluster has no node ${String(index)}`)
    return node
  }

  /** Kills every server and plugin, and removes the cluster's folder. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
    await this.#clear()
  }

  protected override expectedAddresses(): readonly string[] {
    return this.nodes.filter((node) => node.isServing).map((node) => node.address)
  }
}

/** @throws {MissingToolError} where a program that is needed is not on this machine. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const program = await ensureServerProgram(options.log)
  const plugins = await ensurePlugins(options.plugins ?? [], options.log)
  const server = { program, ...(await identifyServer(program)) }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options, server, plugins)
    } catch (error) {
      // Another process was faster between finding a port and listening on it.
      if (!(error instanceof PortTakenError) || attempt === 5) throw error
    }
  }
}

class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

interface Server extends ServerIdentity {
  readonly program: string
}

async function startOnce(
  options: ClusterOptions,
  server: Server,
  plugins: ReadonlyMap<PluginFile, CachedPlugin>,
): Promise<TestCluster> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'lockstep-cluster-'))
  const guard = new ClusterGuard(folder)
  const ports = await findFreePorts(2 * (options.nodes ?? 3))
  const nodes: ClusterNode[] = []
  const clear = async (): Promise<void> => {
    await guard.clear()
    giveBackPorts(ports)
  }
  try {
    const certificate = options.tls === true ? await makeCertificate(folder) : undefined
    const running: { cluster?: TestCluster } = {}
    const settle = async (): Promise<void> => running.cluster?.waitUntilReady()
    const surroundings = { options, server, plugins, folder, guard, certificate, settle }
    nodes.push(...(await layOutNodes(ports, surroundings)))
    const token = await formRaftCluster(nodes)
    const { product, version } = server
    const cluster = new TestCluster(
      {
        product,
        version,
        clusterName: clusterNameOf(options),
        token,
        nodes: nodes.map(({ address, pluginDirectory, auditLog }) => ({
          address,
          pluginDirectory,
          ...(auditLog !== undefined && { auditLog }),
        })),
        plugins: Object.fromEntries([...plugins].map(([file, { sha256 }]) => [file, sha256])),
        ...(certificate !== undefined && { caCertificate: certificate.certificate }),
        ...(options.disableStandbyReads === true && { disableStandbyReads: true }),
        ...(options.declared !== undefined && { declared: options.declared }),
      },
      { nodes, folder, clear },
    )
    running.cluster = cluster
    await cluster.waitUntilReady()
    if (options.audit === true && product === 'vault') await enableAudit(cluster)
    return cluster
  } catch (error) {
    const words = nodes.map((node) => node.lastWords).join('\n')
    await clear()
    if (words.includes('address already in use')) throw new PortTakenError(words, { cause: error })
    if (error instanceof MissingToolError) throw error
    throw new Error(`the cluster did not start; its servers' last words:\n${words}`, {
      cause: error,
    })
  }
}

interface Surroundings {
  readonly options: ClusterOptions
  readonly server: Server
  readonly plugins: ReadonlyMap<PluginFile, CachedPlugin>
  readonly folder: string
  readonly guard: ClusterGuard
  readonly certificate: Certificate | undefined
  readonly settle: () => Promise<void>
}

/** @param ports two for every node */
async function layOutNodes(ports: readonly number[], around: Surroundings): Promise<ClusterNode[]> {
  const { options, server, plugins, folder, guard, certificate, settle } = around
  // One short path for all: the paths of sockets have a limit of about a hundred characters.
  const socketFolder = join(folder, 't')
  await mkdir(socketFolder)
  const ca = certificate && (await readFile(certificate.certificate, 'utf8'))
  const count = ports.length / 2
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const [port = 0, clusterPort = 0] = [ports[index], ports[count + index]]
      const nodeId = `node${String(index + 1)}`
      const address = `${certificate ? 'https' : 'http'}://127.0.0.1:${String(port)}`
      const { pluginDirectory, auditLog, ...files } = await makeNodeFolder({
        folder: join(folder, nodeId),
        plugins,
        audit: options.audit === true,
        product: server.product,
        clusterName: clusterNameOf(options),
        nodeId,
        address,
        port,
        clusterPort,
        disableStandbyReads: options.disableStandbyReads === true,
        ...(options.declared !== undefined && { declared: options.declared }),
        ...(certificate !== undefined && { tls: certificate }),
      })
      return new ClusterNode({
        address,
        pluginDirectory,
        ...(auditLog !== undefined && { auditLog }),
        server: { program: server.program, guard, socketFolder, ...files },
        ...(ca !== undefined && { ca }),
        settle,
      })
    }),
  )
}

/** Vault's way; OpenBao reads its audit devices from the configuration. */
async function enableAudit(cluster: TestCluster): Promise<void> {
  const body = { type: 'file', options: { file_path: auditLogName } }
  const { status } = await cluster.request(await cluster.activeIndex(), 'PUT', 'sys/audit/file', {
    body,
  })
  if (status !== 204) throw new Error(`sys/audit/file answered ${String(status)}`)
}

function clusterNameOf({ clusterName = 'lab' }: ClusterOptions): string {
  return clusterName
}
