/**
 * Mounts that a run found half way: what ran was not what a reload starts. No request brings that
 * back, so a way back must leave such a mount alone or be refused: it never reloads one to a binary
 * that it did not run. Pure.
 */
import type { RunStarted } from '../documents/journal.generated.ts'
import type { LiveMount } from '../domain/live.ts'
import type { MountPath, RunningBinary } from '../domain/names.ts'

type MountBefore = RunStarted['before']['mounts'][number]

export interface LostBeginning {
  readonly mount: MountPath
  /** What ran then and would not be started; never empty. */
  readonly ran: readonly RunningBinary[]
  /** What a reload would have started. */
  readonly due: RunningBinary
}

/** `stands`: half way as it was then. `lost`: half way then, and something else now. */
export type Beginning =
  | { readonly kind: 'whole' }
  | { readonly kind: 'stands' }
  | { readonly kind: 'lost'; readonly lost: LostBeginning }

/** `due`: what a reload would have started when the run began. */
export function beginningOf(
  { mount, version, running = [] }: MountBefore,
  due: RunningBinary,
  live: LiveMount | undefined,
): Beginning {
  const ran = new Set(running.map(({ sha256 }) => sha256))
  const unfinished = [...ran].filter((sha256) => sha256 !== due).sort()
  if (unfinished.length === 0 || live === undefined) return { kind: 'whole' }
  const byNode = new Map(running.map(({ node, sha256 }) => [node, sha256]))
  const stands =
    live.configured_version === version &&
    live.nodes.every(({ node, answers, running_sha256: now }) => {
      const then = byNode.get(node)
      return answers !== 'no' && (then === undefined ? ran.has(now) : then === now)
    })
  return stands ? { kind: 'stands' } : { kind: 'lost', lost: { mount, ran: unfinished, due } }
}
