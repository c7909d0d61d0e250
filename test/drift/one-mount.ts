/** A file that has my-kv on v0.21.0, a cluster with one mount of it, and drift in short. */
import type { Difference } from '../../src/documents/drift.generated.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { LiveState, MountOnNode } from '../../src/domain/live.ts'
import type { Version } from '../../src/domain/names.ts'
import { findDrift } from '../../src/drift/find-drift.ts'
import {
  catalogEntry,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  nodeAddress,
  plugin,
  sha256Of,
  version,
} from '../builders/live.ts'
import { desiredPlugin, desiredState } from './desired-state.ts'

export const TODAY = '2026-06-15'
/** What drift is asked with. */
export const ASKED = { today: TODAY, apply: 'lockstep apply -f lockstep.yaml' }
export const KV = plugin('secret/my-kv')
export const OLD = version('v0.16.2')
export const NEW = version('v0.21.0')
export const PATH = mountPath('team-a/')
export const NODES = [liveNode(1), liveNode(2), liveNode(3)]
export const ONE = nodeAddress(1)
export const TWO = nodeAddress(2)
export const THREE = nodeAddress(3)

/** my-kv on v0.21.0, with v0.16.2 kept for the way back. */
export const FILE = desiredState({
  plugins: [desiredPlugin(KV, { use: NEW, versions: [OLD, NEW] })],
})
export const CATALOG = [catalogEntry(KV, OLD), catalogEntry(KV, NEW)]

export type ByNode = Readonly<Record<string, Partial<MountOnNode>>>

export function running(of: Version): Partial<MountOnNode> {
  return { running_version: of, running_sha256: sha256Of(KV, of) }
}

export function onEveryNode(view: Partial<MountOnNode>): ByNode {
  return { [ONE]: view, [TWO]: view, [THREE]: view }
}

/** One mount, configured so, running that but for what single nodes say otherwise. */
export function cluster(
  configured: Version,
  except: ByNode = {},
  overrides: Partial<LiveState> = {},
): LiveState {
  const mount = liveMount(PATH, { plugin: KV, version: configured, nodes: NODES, except })
  return liveState({ catalog: CATALOG, mounts: [mount], ...overrides })
}

export function drift(live: LiveState, desired: DesiredState = FILE): Difference[] {
  return findDrift(desired, live, ASKED).differences
}

/** Each difference as `class subject`, and the node if it has one. */
export function summarize(differences: readonly Difference[]): string[] {
  return differences.map(({ class: name, subject, node }) =>
    [name, subject, ...(node === undefined ? [] : [node])].join(' '),
  )
}
