/**
 * What each node runs for a mount, held against what the catalog has under the mount's version and
 * against the other nodes. Judges by hash: servers copy the running version from the configuration.
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
  /** What the mount is tuned to: `default` where it was never said. */
  readonly configured: string
  /** Whether the catalog holds what it is tuned to. */
  readonly registered: boolean
  /** One for each serving node, in the order of the live state. */
  readonly nodes: readonly NodeView[]
}

export interface NodeView {
  readonly node: NodeAddress
  /** What it has the mount tuned to, where that is not what the active node has. */
  readonly configured?: string
  /** `v0.21.0 3fb7c0ffee12`, `v1.2.0 builtin`. */
  readonly running: string
  readonly answers: 'ok' | 'down' | '?'
  /**
   * Not what the catalog holds under the mount's version; where it holds nothing, not what the
   * other nodes run. Or tuned to something else than on the active node.
   */
  readonly differs: boolean
  /** The server does not report the hash of what runs: only the version is known. */
  readonly unreported: boolean
}

/** Looks the catalog up once for all mounts. */
export function viewMounts(live: LiveState): MountView[] {
  const index = indexLive(live)
  const serving = live.nodes.filter(({ state }) => state === 'serving')
  return live.mounts.map((mount) => {
    const wanted = startedBinaryOf(index, mount)?.sha256
    const alike = mount.nodes.every(
      ({ running_sha256 }) => running_sha256 === mount.nodes[0]?.running_sha256,
    )
    const views = new Map(mount.nodes.map((view) => [view.node, view]))
    return {
      mount,
      configured: describeConfigured(mount, index),
      registered: wanted !== undefined,
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
            view.running_sha256 === UNKNOWN_HASH && view.answers !== 'no' && !saysNothing(view),
          differs: isBehind || (wanted === undefined ? !alike : view.running_sha256 !== wanted),
        }
      }),
    }
  })
}

/** Neither version nor hash: so it looks where a node came up without the plugin's file, or without an entry for it. */
const RUNNING_NOTHING_SAID = {
  yes: 'unversioned (hash not reported)',
  no: 'nothing',
  unchecked: 'unknown',
} as const

function saysNothing({ running_version, answers }: MountOnNode): boolean {
  return running_version === UNVERSIONED && answers !== 'yes'
}

const ANSWERS = { yes: 'ok', no: 'down', unchecked: '?' } as const satisfies Record<
  MountOnNode['answers'],
  NodeView['answers']
>

/** `v0.21.0`, `latest (v0.21.0)`: what `latest` comes to at the next reload or restart. */
function describeConfigured(
  { configured_version: configured, plugin }: LiveMount,
  index: LiveIndex,
): string {
  const pinned = index.pinOf(plugin)
  const version = startsUnder(index, plugin, configured)
  const said =
    configured === LATEST && version !== undefined
      ? `${LATEST} (${printable(versionLabel(version))})`
      : describeVersion(configured)
  return pinned === undefined ? said : `${said}, pinned to ${printable(pinned)}`
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
      ? RUNNING_NOTHING_SAID[answers]
      : `${printable(running_version)} (hash not reported)`
  }
  if (running_version === UNVERSIONED) return 'builtin'
  return isBuiltinVersion(running_version)
    ? printable(running_version)
    : `${printable(running_version)} builtin`
}
