/**
 * What each node runs for a mount, held against what the catalog has under the mount's version and
 * against the other nodes. Judges by hash: servers copy the running version from the configuration.
 */
import type { LiveMount, LiveState, MountOnNode } from '../domain/live.ts'
import {
  isBuiltinVersion,
  NO_SHA256,
  type NodeAddress,
  type PluginId,
  type Sha256,
  UNVERSIONED,
  type Version,
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
  /** `v0.21.0 3fb7c0ffee12`, `v1.2.0 builtin`. */
  readonly running: string
  readonly answers: 'ok' | 'down' | '?'
  /**
   * Not what the catalog holds under the mount's version; where it holds nothing, not what the
   * other nodes run.
   */
  readonly differs: boolean
}

/** Looks the catalog up once for all mounts. */
export function viewMounts(live: LiveState): MountView[] {
  const hashes = new Map(
    live.catalog.map(({ plugin, version, builtin, sha256 }) => [
      entryKey(plugin, version),
      builtin ? NO_SHA256 : sha256,
    ]),
  )
  const pins = new Map(live.pins.map(({ plugin, version }) => [plugin, version]))
  const serving = live.nodes.filter(({ state }) => state === 'serving')
  return live.mounts.map((mount) => {
    const pinned = pins.get(mount.plugin)
    const wanted = wantedHash(mount, pinned, hashes)
    const alike = mount.nodes.every(
      ({ running_sha256 }) => running_sha256 === mount.nodes[0]?.running_sha256,
    )
    const views = new Map(mount.nodes.map((view) => [view.node, view]))
    return {
      mount,
      configured: describeConfigured(mount.configured_version, pinned),
      registered: wanted !== undefined,
      nodes: serving.map(({ address }): NodeView => {
        const view = views.get(address)
        if (view === undefined) {
          return { node: address, running: 'not mounted', answers: '?', differs: true }
        }
        return {
          node: address,
          running: describeRunning(view),
          answers: ANSWERS[view.answers],
          differs:
            (wanted === undefined ? !alike : view.running_sha256 !== wanted) ||
            view.configured_version !== mount.configured_version,
        }
      }),
    }
  })
}

const ANSWERS = { yes: 'ok', no: 'down', unchecked: '?' } as const satisfies Record<
  MountOnNode['answers'],
  NodeView['answers']
>

/** A pin goes before the mount's own version (Vault). Undefined: nothing is registered under it. */
function wantedHash(
  mount: LiveMount,
  pinned: Version | undefined,
  hashes: ReadonlyMap<string, Sha256>,
): Sha256 | undefined {
  const version = pinned ?? mount.configured_version
  if (isBuiltinVersion(version)) return NO_SHA256
  const registered = hashes.get(entryKey(mount.plugin, version))
  if (registered !== undefined || version !== UNVERSIONED) return registered
  // Without an unversioned entry such a mount runs the builtin. Not every builtin is listed.
  return mount.nodes.every(({ running_sha256 }) => running_sha256 === NO_SHA256)
    ? NO_SHA256
    : undefined
}

function entryKey(plugin: PluginId, version: Version): string {
  return `${plugin} ${version}`
}

function describeConfigured(configured: Version, pinned: Version | undefined): string {
  const said = configured === UNVERSIONED ? 'default' : printable(configured)
  return pinned === undefined ? said : `${said}, pinned to ${printable(pinned)}`
}

function describeRunning({ running_version, running_sha256, answers }: MountOnNode): string {
  if (running_sha256 !== NO_SHA256) {
    return `${printable(versionLabel(running_version))} ${shortHash(running_sha256)}`
  }
  // So it looks where a node came up without the plugin's file.
  if (running_version === UNVERSIONED) return answers === 'no' ? 'nothing' : 'builtin'
  return isBuiltinVersion(running_version)
    ? printable(running_version)
    : `${printable(running_version)} builtin`
}
