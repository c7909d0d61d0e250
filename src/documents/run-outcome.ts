/** How a run of a plan ended, and what was found where it could not go on. */
import type { LockstepError } from '../domain/errors.ts'
import type { MountPath, NodeAddress, Sha256 } from '../domain/names.ts'
import type { Action, Fact } from './plan.generated.ts'

/** A fact that does not hold: what was relied on, and what was found. */
export interface Mismatch {
  /** As the plan has it. */
  readonly fact: Fact
  /** Whose word it is, where it is one node's. */
  readonly node?: NodeAddress
  /** What it is about, e.g. `team-a/ on https://…`. */
  readonly subject: string
  readonly field: MismatchField
  readonly expected: string
  readonly found: string
  readonly state: MismatchState
}

export type MismatchField =
  | 'namespaces'
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

/** Why a step failed, or was not taken back. */
export interface Failure {
  /** All that was found, in one line: for the journal. */
  readonly reason: string
  /** The same for people, each thing once. */
  readonly causes: readonly Cause[]
}

export type Cause =
  /** `file`: its name, or `of <version>` where nothing says what it is called. */
  | {
      readonly kind: 'wrong_bytes'
      readonly node: NodeAddress
      readonly file: string
      readonly sha256: Sha256
    }
  | {
      readonly kind: 'missing_file' | 'not_executable'
      readonly node: NodeAddress
      readonly file: string
    }
  /** Mounts or entries, on one node or of the cluster, of which the same is to be said. */
  | {
      readonly kind: 'wrong'
      readonly things: readonly string[]
      readonly node?: NodeAddress
      readonly what: string
    }
  /** `needs`: the line that the token's policy lacks. */
  | { readonly kind: 'not_allowed'; readonly words: string; readonly needs: string }
  | { readonly kind: 'words'; readonly words: string }

/** A mount that does not run, or was not seen to run, what it ran before on a node. */
export interface NotBack {
  readonly mount: MountPath
  readonly node: NodeAddress
  /** What it is to run again: the file, or its version where the file's name is not known. */
  readonly file: string
  /** Empty for the builtin. */
  readonly sha256: Sha256
  readonly found: string
}

/** Reloaded, and not to be written to until its node steps down or restarts (Vault). */
export interface ReadOnlyMount {
  readonly mount: MountPath
  readonly node: NodeAddress
}

/** How a run ended, and which mounts it leaves that cannot be written to; absent: none. */
export type RunOutcome = RunEnd & { readonly readOnly?: readonly ReadOnlyMount[] }

/** Lists of steps are of their ids, in order; each step but `step` is in one. */
export type RunEnd =
  | { readonly kind: 'done'; readonly done: readonly string[]; readonly already: number }
  | {
      readonly kind: 'stale'
      readonly step: string
      readonly mismatches: readonly Mismatch[]
      readonly done: readonly string[]
      readonly remaining: readonly string[]
    }
  | {
      readonly kind: 'rolled_back'
      /** The step that failed. */
      readonly step: string
      readonly failure: Failure
      readonly done: readonly string[]
      /** Empty where the request was refused and had changed nothing. */
      readonly undone: readonly string[]
      readonly remaining: readonly string[]
    }
  | RollbackFailed
  /** `unchecked`: cut off; nobody has looked at what came of these. */
  | {
      readonly kind: 'interrupted'
      readonly unchecked?: readonly string[]
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

export interface RollbackFailed {
  readonly kind: 'rollback_failed'
  readonly step: string
  readonly failure: Failure
  /** Why it could not be put back. */
  readonly problems: Failure
  readonly not_rolled_back: readonly NotBack[]
  /** The requests that would take back what was not, in order. */
  readonly by_hand: readonly Action[]
  readonly done: readonly string[]
  readonly undone: readonly string[]
  readonly not_undone: readonly string[]
  readonly remaining: readonly string[]
}
