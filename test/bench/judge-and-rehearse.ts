/**
 * How long it takes to plan, judge and rehearse large clusters, and how that grows with the
 * number of mounts, of mounts of one plugin and of namespaces, each of which is reloaded apart.
 * Prints; asserts nothing. Run with: npm run bench:scale
 * One shape alone: -- --plugins 1000 --mounts 10000 --namespaces 1; `--json` for a program.
 */
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
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
import { findDesiredEnd } from '../../src/plan/desired-end.ts'
import { judge } from '../../src/safety/judge.ts'
import { rehearse } from '../../src/twin/rehearsal/rehearse.ts'

const OLD = { version: 'v1.0.0' as Version, sha256: 'a'.repeat(64) as Sha256 }
const NEW = { version: 'v2.0.0' as Version, sha256: 'b'.repeat(64) as Sha256 }
const NODES = [1, 2, 3, 4, 5].map((number) => `https://node${number}:8200` as NodeAddress)

function pluginName(number: number): PluginId {
  return `secret/plugin-${String(number).padStart(6, '0')}` as PluginId
}

interface Shape {
  readonly plugins: number
  readonly mounts: number
  readonly namespaces: number
}

/** A tenth as many plugins as mounts, and one plugin for all, in one namespace and in many. */
const SHAPES: readonly Shape[] = [
  { plugins: 100, mounts: 1_000, namespaces: 1 },
  { plugins: 1_000, mounts: 10_000, namespaces: 1 },
  { plugins: 1, mounts: 10_000, namespaces: 1 },
  { plugins: 1, mounts: 10_000, namespaces: 100 },
  { plugins: 1, mounts: 10_000, namespaces: 1_000 },
  { plugins: 1, mounts: 20_000, namespaces: 2_000 },
  { plugins: 10_000, mounts: 100_000, namespaces: 1 },
]

/** The root is the first. */
function namespaceName(number: number): Namespace {
  return (number === 0 ? '' : `team-${String(number).padStart(4, '0')}/`) as Namespace
}

function clusterOf({ plugins, mounts, namespaces }: Shape): LiveState {
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
      path: `${namespaceName(number % namespaces)}mount-${String(number).padStart(6, '0')}/` as MountPath,
      namespace: namespaceName(number % namespaces),
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
    namespaces: Array.from({ length: namespaces }, (_, number) => namespaceName(number)),
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

const { values: flags } = parseArgs({
  options: {
    plugins: { type: 'string', default: '1' },
    mounts: { type: 'string' },
    namespaces: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const shapes =
  flags.mounts === undefined
    ? SHAPES
    : [
        {
          plugins: Number(flags.plugins),
          mounts: Number(flags.mounts),
          namespaces: Number(flags.namespaces),
        },
      ]
if (!flags.json) {
  console.log('plugins   mounts  namespaces   steps    plan    judge  rehearse    total   heap')
}
for (const shape of shapes) {
  const timed = timeShape(shape)
  console.log(flags.json ? JSON.stringify({ ...shape, ...timed }) : renderLine(shape, timed))
}

interface Timed {
  readonly steps: number
  /** Milliseconds. */
  readonly plan: number
  readonly judge: number
  readonly rehearse: number
  readonly total: number
  /** Megabytes in use at the end, what nothing refers to any longer included. */
  readonly heap: number
}

function timeShape(shape: Shape): Timed {
  const live = clusterOf(shape)
  const desired = upgradeOf(shape.plugins)
  const began = performance.now()
  const draft = draftPlan(desired, live)
  const planned = performance.now()
  judge({ desired, live, draft, today: '2026-01-01' }, [])
  const judged = performance.now()
  const rehearsal = rehearse({ live, steps: draft.steps, desiredEnd: findDesiredEnd(draft, live) })
  const rehearsed = performance.now()
  if (rehearsal?.safe !== draft.steps.length) throw new Error(JSON.stringify(rehearsal?.unsafe[0]))
  return {
    steps: draft.steps.length,
    plan: planned - began,
    judge: judged - planned,
    rehearse: rehearsed - judged,
    total: rehearsed - began,
    heap: process.memoryUsage().heapUsed / 1e6,
  }
}

function renderLine({ plugins, mounts, namespaces }: Shape, timed: Timed): string {
  const seconds = (milliseconds: number): string =>
    `${(milliseconds / 1000).toFixed(2)} s`.padStart(8)
  return [
    String(plugins).padStart(7),
    String(mounts).padStart(8),
    String(namespaces).padStart(11),
    String(timed.steps).padStart(7),
    seconds(timed.plan),
    seconds(timed.judge),
    seconds(timed.rehearse),
    seconds(timed.total),
    `${Math.round(timed.heap)} MB`.padStart(7),
  ].join(' ')
}
