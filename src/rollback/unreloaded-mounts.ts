/**
 * Compares a mount with its state before a run, if it then ran another binary than a reload would
 * start. No request can restore that state. So a rollback leaves such a mount alone or refuses: it
 * never reloads a mount to a binary that the mount did not run. Pure.
 */
import type { RunStarted } from '../documents/journal.generated.ts'
import type { LiveMount } from '../domain/live.ts'
import type { MountPath, RunningBinary } from '../domain/names.ts'

type MountBefore = RunStarted['before']['mounts'][number]

export interface LostState {
  readonly mount: MountPath
  /** The binaries that ran when the run began and that a reload would not start. Never empty. */
  readonly ran: readonly RunningBinary[]
  /** The binary that a reload would have started. */
  readonly configured: RunningBinary
}

/**
 * `reloaded`: the mount ran what a reload starts. `unchanged`: the mount ran another binary then,
 * and still does. `lost`: the mount ran another binary then, and that state is gone.
 */
export type Beginning =
  | { readonly kind: 'reloaded' }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'lost'; readonly lost: LostState }

/** `configured`: the binary that a reload would have started when the run began. */
export function compareWithBeginning(
  { mount, version, running = [] }: MountBefore,
  configured: RunningBinary,
  live: LiveMount | undefined,
): Beginning {
  const ran = new Set(running.map(({ sha256 }) => sha256))
  const ranOther = [...ran].filter((sha256) => sha256 !== configured).sort()
  if (ranOther.length === 0 || live === undefined) return { kind: 'reloaded' }
  const byNode = new Map(running.map(({ node, sha256 }) => [node, sha256]))
  const isUnchanged =
    live.configured_version === version &&
    live.nodes.every(({ node, answers, running_sha256: running }) => {
      const before = byNode.get(node)
      return answers !== 'no' && (before === undefined ? ran.has(running) : before === running)
    })
  return isUnchanged
    ? { kind: 'unchanged' }
    : { kind: 'lost', lost: { mount, ran: ranOther, configured } }
}
