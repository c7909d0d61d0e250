/** How a run of a plan ended, and what was found where it could not go on. */
import type { LockstepError } from '../domain/errors.ts'
import type {
  ConfiguredVersion,
  MountPath,
  NodeAddress,
  RunningBinary,
  Sha256,
} from '../domain/names.ts'
import type { Action, Fact, Plan } from './plan.generated.ts'

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

/** Why a step failed, or was not rolled back. */
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
export interface MountNotRolledBack {
  readonly mount: MountPath
  readonly node: NodeAddress
  /** What it is to run again: the file, or its version where the file's name is not known. */
  readonly file: string
  readonly sha256: RunningBinary
  readonly found: string
}

/** Reloaded, and not to be written to until its node steps down or restarts (Vault). */
export interface ReadOnlyMount {
  readonly mount: MountPath
  readonly node: NodeAddress
}

/** A node that could not be seen when the run ended. */
export interface AwayNode {
  readonly node: NodeAddress
  readonly why: string
  /** What it starts of the plan's mounts when it restarts: what they are configured for by now. */
  readonly starts: readonly { readonly mount: MountPath; readonly version: ConfiguredVersion }[]
}

/** What the nodes run of one mount that the plan moves, as it was seen when the run ended. */
export interface MountAtEnd {
  readonly mount: MountPath
  /** In words, by what they run: `v0.21.0`, `builtin`, `no answer`. */
  readonly running: readonly { readonly what: string; readonly nodes: readonly NodeAddress[] }[]
}

/** What was seen of the cluster when the run ended, whatever the plan says of it. */
export interface SeenAtEnd {
  /** With the roles that they had then. */
  readonly nodes: Plan['cluster']['nodes']
  readonly away: readonly AwayNode[]
  /** The mounts of which nodes run different versions, or some of which run the older one. */
  readonly differing: readonly MountAtEnd[]
}

/**
 * How a run ended, which mounts it leaves that cannot be written to (absent: none), and what was
 * seen of the cluster then (absent: nobody could look).
 */
export type RunOutcome = RunEnd & {
  readonly readOnly?: readonly ReadOnlyMount[]
  readonly atEnd?: SeenAtEnd
}

/** Lists are of ids of steps, in order. Each step is `step` or in exactly one list but `already`. */
export type RunEnd = EndedSteps &
  (DoneEnd | StaleEnd | RolledBack | RollbackFailed | CutOff | Stopped)

interface EndedSteps {
  /** What they ensure was seen to hold, and their checks were seen to pass. */
  readonly done: readonly string[]
  /** Those of `done` for which nothing was sent: it was already so. */
  readonly already: readonly string[]
}

interface DoneEnd {
  readonly kind: 'done'
  /** Absent: the last look at the cluster showed it in sync, or was not made yet. */
  readonly unconfirmed?: Unconfirmed
}

/** Why the last look at the cluster, after every step was done and checked, did not show it in sync. */
export type Unconfirmed =
  /** Nodes of the plan do not answer for themselves now: `SeenAtEnd.away` names them. */
  | { readonly kind: 'nodes_not_seen' }
  /** No node says what the cluster runs. */
  | { readonly kind: 'cluster_not_read'; readonly why: string }
  /** Every node was seen, and planning again finds these steps. */
  | {
      readonly kind: 'more_to_do'
      readonly steps: readonly { readonly id: string; readonly why: string }[]
    }

interface StaleEnd {
  readonly kind: 'stale'
  /** In `remaining` too: it was not begun. */
  readonly step: string
  readonly mismatches: readonly Mismatch[]
  readonly remaining: readonly string[]
}

interface RolledBack {
  readonly kind: 'rolled_back'
  /** The step that failed. */
  readonly step: string
  readonly failure: Failure
  /** Empty where the request was refused and had changed nothing. */
  readonly rolled_back: readonly string[]
  readonly remaining: readonly string[]
}

interface CutOff {
  readonly kind: 'interrupted'
  /** Cut off; nobody has looked at what came of these. */
  readonly unchecked: readonly string[]
  readonly remaining: readonly string[]
}

/** A fault, not a step, ended it: nothing was rolled back. */
interface Stopped {
  readonly kind: 'stopped'
  readonly error: LockstepError
  /** Begun: a request may have gone out, and nobody could look at what came of it. */
  readonly unchecked: readonly string[]
  /** True where the run leaves the cluster between two versions. */
  readonly between: boolean
  readonly remaining: readonly string[]
}

export interface RollbackFailed {
  readonly kind: 'rollback_failed'
  readonly step: string
  readonly failure: Failure
  /** Why it could not be rolled back. */
  readonly problems: Failure
  readonly mounts_not_rolled_back: readonly MountNotRolledBack[]
  /** The requests that would take back what was not, in order. */
  readonly by_hand: readonly Action[]
  readonly rolled_back: readonly string[]
  readonly not_rolled_back: readonly string[]
  readonly remaining: readonly string[]
}
