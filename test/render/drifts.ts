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
import { desiredMount, desiredPlugin, desiredState, writtenOn } from '../drift/desired-state.ts'
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
