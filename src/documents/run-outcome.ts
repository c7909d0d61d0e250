/** How a run of a plan ended, and what was found where it could not go on. */
import type { Fact } from './plan.generated.ts'
import type { LockstepError } from '../domain/errors.ts'
import type { MountPath, NodeAddress } from '../domain/names.ts'

/** A fact that does not hold: what was relied on, and what was found. */
export interface Mismatch {
  readonly fact: Fact
  /** What it is about, e.g. `team-a/ on https://…`. */
  readonly subject: string
  readonly field: MismatchField
  readonly expected: string
  readonly found: string
  readonly state: MismatchState
}

export type MismatchField =
  | 'answer'
  | 'readable'
  | 'entry'
  | 'sha256'
  | 'command'
  | 'args'
  | 'mount'
  | 'plugin'
  | 'accessor'
  | 'plugin_version'
  | 'answers'
  | 'running_plugin_version'
  | 'running_sha256'
  | 'connection'
  | 'used by'
  | 'run by'

/**
 * What is known of it. `final`: seen, and no wait mends it. `pending`: seen, on a node that may not
 * have heard yet. `unseen`: no answer of the node's own, so that nothing is known. `denied`: nor is
 * anything known here, since the node refused, or sent us to the active one as a standby does that
 * does not know the token.
 */
export type MismatchState = 'final' | 'pending' | 'unseen' | 'denied'

/** Reloaded, and not to be written to until its node steps down or restarts (Vault). */
export interface ReadOnlyMount {
  readonly mount: MountPath
  readonly node: NodeAddress
}

/** How a run ended, and which mounts it leaves that cannot be written to; absent: none. */
export type RunOutcome = RunEnd & { readonly readOnly?: readonly ReadOnlyMount[] }

/** `done`, `undone` and `remaining` are step ids, in order. */
export type RunEnd =
  | { readonly kind: 'done'; readonly done: readonly string[] }
  | {
      readonly kind: 'stale'
      readonly step: string
      readonly mismatches: readonly Mismatch[]
      readonly done: readonly string[]
      readonly remaining: readonly string[]
    }
  | {
      readonly kind: 'put_back' | 'not_put_back'
      readonly step: string
      readonly reason: string
      /** Why it could not be put back; empty for `put_back`. */
      readonly problems: readonly string[]
      readonly done: readonly string[]
      readonly undone: readonly string[]
      readonly remaining: readonly string[]
    }
  | {
      readonly kind: 'interrupted'
      readonly done: readonly string[]
      readonly remaining: readonly string[]
    }
  /** A fault, not a step, ended it: nothing was put back, and no mount is known to be down. */
  | {
      readonly kind: 'stopped'
      readonly error: LockstepError
      /** The step that was under way: its request may have gone out, and nobody looked at it. */
      readonly unchecked?: string
      readonly done: readonly string[]
      readonly remaining: readonly string[]
    }
