/**
 * Compares what each node runs for a mount with the entry of the mount's version in the catalog,
 * and with the other nodes. Compares hashes: servers copy the running version from the
 * configuration.
 */
import { startedBinaryOf, indexLive, type LiveIndex, startsUnder } from '../domain/live-index.ts'
import type { LiveMount, LiveState, MountOnNode } from '../domain/live.ts'
import {
  type ConfiguredVersion,
  isBuiltinVersion,
  isHash,
  LATEST,
  type NodeAddress,
  UNKNOWN_HASH,
  UNVERSIONED,
  versionLabel,
} from '../domain/names.ts'
import { printable, shortHash } from './wording.ts'

export interface MountView {
  readonly mount: LiveMount
  /** The version that the mount is tuned to; `default` if it was never tuned. */
  readonly configured: string
  /** True if the catalog has the version that the mount is tuned to. */
  readonly registered: boolean
  /** One for each serving node, in the order of the live state. */
  readonly nodes: readonly NodeView[]
}

export interface NodeView {
  readonly node: NodeAddress
  /** The version that this node has the mount tuned to, if it is not that of the active node. */
  readonly configured?: string
  /** `v0.21.0 3fb7c0ffee12`, `v1.2.0 builtin`. */
  readonly running: string
  readonly answers: 'ok' | 'down' | '?'
  /**
   * True if the node does not run the binary of the mount's version in the catalog; if the catalog
   * has no such entry, not the binary that the other nodes run. Also true if the node is tuned to
   * another version than the active node.
   */
  readonly differs: boolean
  /** True if the server does not report the hash of what runs, so only the version is known. */
  readonly unreported: boolean
}

/** Views of all mounts; indexes the catalog once. */
export function viewMounts(live: LiveState): MountView[] {
  const index = indexLive(live)
  const serving = live.nodes.filter(({ state }) => state === 'serving')
  return live.mounts.map((mount) => {
    const expected = startedBinaryOf(index, mount)?.sha256
    const areEqual = mount.nodes.every(
      ({ running_sha256 }) => running_sha256 === mount.nodes[0]?.running_sha256,
    )
    const views = new Map(mount.nodes.map((view) => [view.node, view]))
    return {
      mount,
      configured: describeConfigured(mount, index),
      registered: expected !== undefined,
      nodes: serving.map(({ address }): NodeView => {
        const view = views.get(address)
        if (view === undefined) {
          return {
            node: address,
            running: 'not mounted',
            answers: '?',
            differs: true,
            unreported: false,
          }
        }
        const isBehind = view.configured_version !== mount.configured_version
        return {
          node: address,
          ...(isBehind && { configured: describeVersion(view.configured_version) }),
          running: describeRunning(view),
          answers: ANSWERS[view.answers],
          unreported:
            view.running_sha256 === UNKNOWN_HASH && view.answers !== 'no' && !reportsNothing(view),
          differs:
            isBehind || (expected === undefined ? !areEqual : view.running_sha256 !== expected),
        }
      }),
    }
  })
}

/**
 * Shown if a node reports neither version nor hash: it came up without the plugin's file, or
 * without an entry for it.
 */
const NOTHING_REPORTED = {
  yes: 'unversioned (hash not reported)',
  no: 'nothing',
  unchecked: 'unknown',
} as const

function reportsNothing({ running_version, answers }: MountOnNode): boolean {
  return running_version === UNVERSIONED && answers !== 'yes'
}

const ANSWERS = { yes: 'ok', no: 'down', unchecked: '?' } as const satisfies Record<
  MountOnNode['answers'],
  NodeView['answers']
>

/** `v0.21.0`, or `latest (v0.21.0)` with the version that the next reload or restart starts. */
function describeConfigured(
  { configured_version: configured, plugin }: LiveMount,
  index: LiveIndex,
): string {
  const pinned = index.pinOf(plugin)
  const version = startsUnder(index, plugin, configured)
  const label =
    configured === LATEST && version !== undefined
      ? `${LATEST} (${printable(versionLabel(version))})`
      : describeVersion(configured)
  return pinned === undefined ? label : `${label}, pinned to ${printable(pinned)}`
}

function describeVersion(configured: ConfiguredVersion): string {
  return configured === UNVERSIONED ? 'default' : printable(configured)
}

function describeRunning({ running_version, running_sha256, answers }: MountOnNode): string {
  if (isHash(running_sha256)) {
    return `${printable(versionLabel(running_version))} ${shortHash(running_sha256)}`
  }
  if (running_sha256 === UNKNOWN_HASH) {
    return running_version === UNVERSIONED
      ? NOTHING_REPORTED[answers]
      : `${printable(running_version)} (hash not reported)`
  }
  if (running_version === UNVERSIONED) return 'builtin'
  return isBuiltinVersion(running_version)
    ? printable(running_version)
    : `${printable(running_version)} builtin`
}
