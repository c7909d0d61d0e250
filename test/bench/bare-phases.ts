/** The requests that each row's work needs, for `bare-requests.mjs`: written out, not recorded. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const BENCH_PLUGIN = 'bench-kv'
export const OLD_VERSION = 'v0.16.2'
export const NEW_VERSION = 'v0.21.0'

/** As many connections to a node as Lockstep has, and as many steps at once. */
export const PARALLEL = 4

export interface BareRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: string
  readonly body?: unknown
  /** Sent again until the answer has this text. */
  readonly until?: string
  /** The node must answer for itself. */
  readonly own?: true
}

export interface Phase {
  /** Connections to each node. */
  readonly parallel: number
  readonly requests: readonly BareRequest[]
}

export interface BareCluster {
  /** Where each node is asked; the active one is the last. */
  readonly nodes: readonly string[]
  readonly active: string
}

/** One reading of all that a plan for these mounts rests on. */
export function planPhases({ nodes, active }: BareCluster, mounts: readonly string[]): Phase[] {
  const capabilities = [
    ...mounts.map((mount) => `sys/mounts/${mount}tune`),
    `sys/plugins/catalog/secret/${BENCH_PLUGIN}`,
    'sys/plugins/reload/backend',
  ]
  return [
    phase([
      get(active, 'sys/ha-status'),
      get(active, 'sys/storage/raft/configuration'),
      get(active, 'sys/plugins/catalog'),
      get(active, 'sys/plugins/pins'),
      get(active, 'sys/namespaces?list=true'),
      ...nodes.flatMap((node) => [
        get(node, 'sys/health?standbyok=true'),
        get(node, 'sys/mounts'),
        get(node, 'sys/auth'),
      ]),
    ]),
    phase(
      nodes.flatMap((node) => [
        get(node, `sys/plugins/catalog/secret/${BENCH_PLUGIN}?version=${OLD_VERSION}`),
        ...mounts.map((mount) => get(node, `${mount}?help=1`)),
      ]),
    ),
    phase([post(active, 'sys/capabilities-self', { paths: capabilities })]),
  ]
}

export interface Registration {
  readonly command: string
  readonly sha256: string
}

/** Register, tune each mount, reload on each node, and check each mount on each node. */
export function applyPhases(
  cluster: BareCluster,
  mounts: readonly string[],
  registration: Registration,
): Phase[] {
  return [
    phase([
      post(cluster.active, `sys/plugins/catalog/secret/${BENCH_PLUGIN}`, {
        ...registration,
        version: NEW_VERSION,
      }),
    ]),
    ...movePhases(cluster, mounts, NEW_VERSION),
    phase(
      cluster.nodes.flatMap((node) => [
        get(node, 'sys/mounts'),
        ...mounts.map((mount) => get(node, `${mount}?help=1`)),
      ]),
    ),
  ]
}

/** Tunes each mount, and reloads them on one node after the other. */
export function movePhases(
  { nodes, active }: BareCluster,
  mounts: readonly string[],
  version: string,
): Phase[] {
  const text = `"plugin_version":"${version}"`
  return [
    phase(
      mounts.map((mount) => post(active, `sys/mounts/${mount}tune`, { plugin_version: version })),
    ),
    // A standby that has not heard of a tune would load the old version.
    phase(
      nodes.flatMap((node) =>
        mounts.map((mount) => ({
          ...get(node, `sys/mounts/${mount.slice(0, -1)}`),
          until: text,
        })),
      ),
    ),
    ...nodes.map((node) =>
      phase([{ ...post(node, 'sys/plugins/reload/backend', { mounts }), own: true }]),
    ),
  ]
}

export function phase(requests: readonly BareRequest[], parallel = PARALLEL): Phase {
  return { parallel, requests }
}

export function get(node: string, path: string): BareRequest {
  return { method: 'GET', url: `${node}/v1/${path}`, own: true }
}

export function post(node: string, path: string, body: unknown): BareRequest {
  return { method: 'POST', url: `${node}/v1/${path}`, body }
}

/** The arguments of Node that send these requests; the file with them lies in `folder`. */
export async function bareCommand(
  phases: readonly Phase[],
  { folder, name, token }: { folder: string; name: string; token: string },
): Promise<readonly string[]> {
  const file = join(folder, `${name}.json`)
  await writeFile(file, JSON.stringify({ token, phases }))
  return [fileURLToPath(new URL('bare-requests.mjs', import.meta.url)), file]
}
