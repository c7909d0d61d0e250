/** Drift of every kind, for each way of showing it. */
import type { DriftReport } from '../../src/documents/drift.generated.ts'
import { findDrift } from '../../src/drift/find-drift.ts'
import { UNKNOWN_HASH, UNVERSIONED } from '../../src/domain/names.ts'
import {
  builtinEntry,
  catalogEntry,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  plugin,
  version,
} from '../builders/live.ts'
import { driftReport } from '../builders/drift-report.ts'
import {
  desiredMount,
  desiredPlugin,
  desiredState,
  using,
  writtenOn,
} from '../drift/desired-state.ts'
import { ASKED, KV, NEW, NODES, OLD, running, THREE, TWO } from '../drift/one-mount.ts'

const JWT = plugin('auth/jwt')
const OTHER = plugin('secret/other')
const HAND_MADE = version('v0.26.1')

/** Some of everything: a half-done reload, a node without the file, a hand on the catalog. */
export function troubledDrift(): DriftReport {
  const nodes = [...NODES, liveNode(4, { state: 'sealed', role: 'unknown', detail: 'sealed' })]
  const behind = { [TWO]: running(OLD), [THREE]: running(OLD) }
  const down = {
    [TWO]: {
      running_version: UNVERSIONED,
      running_sha256: UNKNOWN_HASH,
      answers: 'no' as const,
      detail: 'no handler for route "team-b/". route entry found, but backend is nil.',
    },
  }
  const kv = (path: string, of = NEW, except = {}) =>
    liveMount(mountPath(path), { plugin: KV, version: of, nodes, except })
  const desired = desiredState({
    plugins: [
      desiredPlugin(JWT, { use: 'builtin' }),
      desiredPlugin(KV, { use: NEW, versions: [OLD, NEW], retire: [version('v0.10.0')] }),
    ],
    mounts: [desiredMount(mountPath('team-new/'), KV, { enable: true })],
    ignore: [
      {
        class: 'version-differs',
        subject: 'team-legacy/',
        because: 'partner still on the old roles',
        until: '2026-12-31',
        source: writtenOn(20),
      },
    ],
  })
  const live = liveState({
    nodes,
    catalog: [
      builtinEntry(JWT, version('v2.7.2+builtin.bao')),
      catalogEntry(JWT, HAND_MADE),
      catalogEntry(KV, version('v0.10.0')),
      catalogEntry(KV, OLD),
      catalogEntry(KV, NEW, { args: ['--log-json'] }),
      catalogEntry(OTHER, NEW),
    ],
    mounts: [
      liveMount(mountPath('auth/jwt/'), { plugin: JWT, version: HAND_MADE, nodes }),
      liveMount(mountPath('other/'), { plugin: OTHER, version: NEW, nodes }),
      kv('team-a/', NEW, behind),
      kv('team-b/', NEW, down),
      kv('team-legacy/', OLD),
    ],
  })
  return driftReport(findDrift(desired, live, ASKED))
}

/** 300 mounts of 15 plugins, each with its own line in the file: half-done reloads, dead backends. */
export function manyDrift(): DriftReport {
  const behind = { [TWO]: running(OLD), [THREE]: running(OLD) }
  const down = {
    [TWO]: {
      running_version: UNVERSIONED,
      running_sha256: UNKNOWN_HASH,
      answers: 'no' as const,
      detail: 'no handler for route. route entry found, but backend is nil.',
    },
  }
  const plugins = Array.from({ length: 15 }, (_, at) => plugin(`secret/kv-${letter(at)}`))
  const mounts = plugins.flatMap((of, at) =>
    Array.from({ length: 20 }, (_, index) => ({
      of,
      path: mountPath(`${letter(at)}/team-${String(index + 1).padStart(2, '0')}/`),
      kind: (at + index) % 10,
      line: 100 + at * 20 + index,
    })),
  )
  const desired = desiredState({
    plugins: plugins.map((of) => desiredPlugin(of, { use: NEW, versions: [OLD, NEW] })),
    mounts: mounts.map(({ of, path, line }) =>
      desiredMount(path, of, {
        use: { ...using(NEW), source: writtenOn(line) },
        source: writtenOn(line),
      }),
    ),
  })
  const live = liveState({
    nodes: NODES,
    catalog: plugins.flatMap((of) => [catalogEntry(of, OLD), catalogEntry(of, NEW)]),
    mounts: mounts.map(({ of, path, kind }) =>
      liveMount(path, {
        plugin: of,
        version: kind < 7 ? OLD : NEW,
        nodes: NODES,
        except: kind === 8 ? behind : kind === 9 ? down : {},
      }),
    ),
  })
  return driftReport(findDrift(desired, live, ASKED))
}

function letter(at: number): string {
  return String.fromCodePoint(97 + at)
}
