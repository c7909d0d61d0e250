/**
 * How long it takes to plan, judge and rehearse large clusters, and how that grows with the
 * number of mounts. Prints; asserts nothing. Run with: npm run bench:scale
 */
import { performance } from 'node:perf_hooks'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { CatalogEntry, LiveState } from '../../src/domain/live.ts'
import type {
  MountPath,
  Namespace,
  NodeAddress,
  PluginId,
  Sha256,
  Version,
} from '../../src/domain/names.ts'
import { draftPlan } from '../../src/plan/make-plan.ts'
import { judge } from '../../src/safety/judge.ts'
import { rehearse } from '../../src/twin/rehearse.ts'

const OLD = { version: 'v1.0.0' as Version, sha256: 'a'.repeat(64) as Sha256 }
const NEW = { version: 'v2.0.0' as Version, sha256: 'b'.repeat(64) as Sha256 }
const NODES = [1, 2, 3, 4, 5].map((number) => `https://node${number}:8200` as NodeAddress)

function pluginName(number: number): PluginId {
  return `secret/plugin-${String(number).padStart(6, '0')}` as PluginId
}

function clusterOf(plugins: number, mounts: number): LiveState {
  const catalog: CatalogEntry[] = Array.from({ length: plugins }, (_, number) => ({
    plugin: pluginName(number),
    ...OLD,
    builtin: false,
    command: `plugin-${number}-1.0.0`,
    args: [],
  }))
  return {
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'bench', id: 'bench' },
    nodes: NODES.map((address, index) => ({
      address,
      role: index === 0 ? 'active' : 'standby',
      state: 'serving',
      version: '2.7.2',
    })),
    catalog,
    mounts: Array.from({ length: mounts }, (_, number) => ({
      path: `mount-${String(number).padStart(6, '0')}/` as MountPath,
      namespace: '' as Namespace,
      plugin: pluginName(number % plugins),
      accessor: `plugin_${number}`,
      configured_version: OLD.version,
      nodes: NODES.map((node) => ({
        node,
        configured_version: OLD.version,
        running_version: OLD.version,
        running_sha256: OLD.sha256,
        answers: 'yes' as const,
      })),
    })),
    connections: [],
    pins: [],
    namespaces: ['' as Namespace],
    unreadable: [],
  }
}

function upgradeOf(plugins: number): DesiredState {
  const source = { file: 'lockstep.yaml', line: 1, column: 1 }
  return {
    cluster: {},
    plugins: Array.from({ length: plugins }, (_, number) => ({
      id: pluginName(number),
      use: { value: { kind: 'version', version: NEW.version }, source },
      overridesBuiltin: false,
      versions: [OLD, NEW].map(({ version, sha256 }) => ({
        version,
        sha256,
        command: `plugin-${number}-${version.slice(1)}`,
        args: [],
        env: [],
        data: { upgradeFrom: '>=1.0.0' },
        source,
      })),
      retire: [],
      source,
    })),
    mounts: [],
    connections: [],
    allow: [],
    ignore: [],
  }
}

console.log('plugins   mounts   steps    plan    judge  rehearse    total   heap')
for (const mounts of [1_000, 10_000, 100_000]) {
  const plugins = mounts / 10
  const live = clusterOf(plugins, mounts)
  const desired = upgradeOf(plugins)
  const began = performance.now()
  const draft = draftPlan(desired, live)
  const planned = performance.now()
  judge({ desired, live, draft, today: '2026-01-01' }, [])
  const judged = performance.now()
  const ends = draft.targets.flatMap(({ targets }) =>
    targets.mounts.map(({ mount, sha256 }) => ({ mount: mount.path, sha256 })),
  )
  const rehearsal = rehearse({ live, steps: draft.steps, ends })
  const rehearsed = performance.now()
  const seconds = (milliseconds: number): string =>
    `${(milliseconds / 1000).toFixed(2)} s`.padStart(8)
  console.log(
    [
      String(plugins).padStart(7),
      String(mounts).padStart(8),
      String(draft.steps.length).padStart(7),
      seconds(planned - began),
      seconds(judged - planned),
      seconds(rehearsed - judged),
      seconds(rehearsed - began),
      `${Math.round(process.memoryUsage().heapUsed / 1e6)} MB`.padStart(7),
    ].join(' '),
  )
  if (rehearsal?.safe !== draft.steps.length) throw new Error(JSON.stringify(rehearsal?.unsafe[0]))
}
