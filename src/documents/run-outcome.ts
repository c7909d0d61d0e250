/** Types for the outcome of a run, and for the differences that stopped it. */
import type { LockstepError } from '../domain/errors.ts'
import type {
  ConfiguredVersion,
  MountPath,
  NodeAddress,
  RunningBinary,
  Sha256,
} from '../domain/names.ts'
import type { Action, Fact, Plan } from './plan.generated.ts'

/** A fact of the plan that is not true: the expected and the found value. */
export interface Mismatch {
  /** The fact of the plan. */
  readonly fact: Fact
  /** The node that answered, if the fact is about one node. */
  readonly node?: NodeAddress
  /** The subject of the fact, e.g. `team-a/ on https://…`. */
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
 * How certain a mismatch is. `final`: a node answered, and waiting does not help. `pending`: a node
 * answered that may see the change later. `unseen`: the node did not answer for itself, so the
 * value is unknown. `denied`: the node refused, or forwarded to the active node as a standby does
 * that does not know the token, so the value is unknown too.
 */
export type MismatchState = 'final' | 'pending' | 'unseen' | 'denied'

/** Why a step failed, or why it was not rolled back. */
export interface Failure {
  /** All causes in one line, for the journal. */
  readonly reason: string
  /** The causes for people, without repetition. */
  readonly causes: readonly Cause[]
}

export type Cause =
  /** `file`: the file's name, or `of <version>` if the name is unknown. */
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
  /** Mounts or entries that have the same problem, on one node or in the cluster. */
  | {
      readonly kind: 'wrong'
      readonly things: readonly string[]
      readonly node?: NodeAddress
      readonly what: string
    }
  /** `needs`: the line that is missing in the token's policy. */
  | { readonly kind: 'not_allowed'; readonly words: string; readonly needs: string }
  | { readonly kind: 'words'; readonly words: string }

/** A mount that does not run its old binary on a node, or whose node could not be read. */
export interface MountNotRolledBack {
  readonly mount: MountPath
  readonly node: NodeAddress
  /** The file of the old binary, or its version if the file's name is unknown. */
  readonly file: string
  readonly sha256: RunningBinary
  readonly found: string
}

/** A mount that was reloaded and refuses writes until its node steps down or restarts (Vault). */
export interface ReadOnlyMount {
  readonly mount: MountPath
  readonly node: NodeAddress
}

/** A node that could not be read when the run ended. */
export interface AwayNode {
  readonly node: NodeAddress
  readonly why: string
  /**
   * The versions of the plan's mounts that the node starts when it restarts: the mounts' configured
   * versions.
   */
  readonly starts: readonly { readonly mount: MountPath; readonly version: ConfiguredVersion }[]
}

/** The versions that the nodes run for one mount of the plan, when the run ended. */
export interface MountAtEnd {
  readonly mount: MountPath
  /** The nodes by what they run: `v0.21.0`, `builtin`, `no answer`. */
  readonly running: readonly { readonly what: string; readonly nodes: readonly NodeAddress[] }[]
}

/** The state of the cluster when the run ended, as it was read. */
export interface SeenAtEnd {
  /** With their roles at that time. */
  readonly nodes: Plan['cluster']['nodes']
  readonly away: readonly AwayNode[]
  /** The mounts whose nodes run different versions, or of which some node runs the old version. */
  readonly differing: readonly MountAtEnd[]
}

/**
 * How a run ended. `readOnly`: mounts that cannot be written to (absent: none). `atEnd`: the state
 * of the cluster at the end (absent: it could not be read).
 */
export type RunOutcome = RunEnd & {
  readonly readOnly?: readonly ReadOnlyMount[]
  readonly atEnd?: SeenAtEnd
}

/**
 * The lists have the ids of steps, in order. Each step is `step` or in exactly one list, except
 * `already`, which is a part of `done`.
 */
export type RunEnd = EndedSteps &
  (DoneEnd | StaleEnd | RolledBackEnd | RollbackFailed | InterruptedEnd | StoppedEnd)

interface EndedSteps {
  /** Steps whose ensured facts were read and whose checks passed. */
  readonly done: readonly string[]
  /** Steps of `done` that sent nothing, because their facts were already true. */
  readonly already: readonly string[]
}

interface DoneEnd {
  readonly kind: 'done'
  /** Absent: the last reading of the cluster showed it in sync, or was not made yet. */
  readonly unconfirmed?: Unconfirmed
}

/**
 * Why the last reading of the cluster, after all steps were done and checked, did not show it in
 * sync.
 */
export type Unconfirmed =
  /** Some nodes of the plan do not answer for themselves now: `SeenAtEnd.away` names them. */
  | { readonly kind: 'nodes_not_seen' }
  /** The cluster could not be read. */
  | { readonly kind: 'cluster_not_read'; readonly why: string }
  /** Every node was read, and a new plan has these steps. */
  | {
      readonly kind: 'more_to_do'
      readonly steps: readonly { readonly id: string; readonly why: string }[]
    }

interface StaleEnd {
  readonly kind: 'stale'
  /** Also in `remaining`: the step was not started. */
  readonly step: string
  readonly mismatches: readonly Mismatch[]
  readonly remaining: readonly string[]
}

interface RolledBackEnd {
  readonly kind: 'rolled_back'
  /** The step that failed. */
  readonly step: string
  readonly failure: Failure
  /** Empty if the request was refused and changed nothing. */
  readonly rolled_back: readonly string[]
  readonly remaining: readonly string[]
}

interface InterruptedEnd {
  readonly kind: 'interrupted'
  /** The steps that the interrupt cut off. Their results were not read. */
  readonly unchecked: readonly string[]
  readonly remaining: readonly string[]
}

/** An error outside the steps ended the run. Nothing was rolled back. */
interface StoppedEnd {
  readonly kind: 'stopped'
  readonly error: LockstepError
  /** Steps that were started: a request may have been sent, and the result could not be read. */
  readonly unchecked: readonly string[]
  /** True if the run leaves the cluster between two versions. */
  readonly between: boolean
  readonly remaining: readonly string[]
}

export interface RollbackFailed {
  readonly kind: 'rollback_failed'
  readonly step: string
  readonly failure: Failure
  /** Why the step could not be rolled back. */
  readonly problems: Failure
  readonly mounts_not_rolled_back: readonly MountNotRolledBack[]
  /** The requests that would complete the rollback, in order. */
  readonly by_hand: readonly Action[]
  readonly rolled_back: readonly string[]
  readonly not_rolled_back: readonly string[]
  readonly remaining: readonly string[]
}
