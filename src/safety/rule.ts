/**
 * The type of a rule: a text that explains it, and a function that finds what is wrong with a plan.
 * A rule reads nothing but its input and changes nothing.
 */
import type { Finding, Rehearsal } from '../documents/plan.generated.ts'
import type { Allowance, DesiredState, Source } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import type { MountPath, NodeAddress, Sha256 } from '../domain/names.ts'
import type { DraftPlan } from '../plan/make-plan.ts'

export type Severity = Finding['severity']

export interface RuleInput {
  readonly desired: DesiredState
  readonly live: LiveState
  readonly draft: DraftPlan
  /** YYYY-MM-DD. */
  readonly today: string
  /** Absent: no node could be asked, or nothing is to be done. */
  readonly capabilities?: TokenRights
  /** What `binary_check` found. Absent: it was not run. */
  readonly binaries?: readonly BinaryReport[]
  /**
   * False: the files are untrusted, so none of their commands was run. Absent: the files are
   * trusted.
   */
  readonly runsCommands?: boolean
  /** The result of the rehearsal. Absent or null: nothing was rehearsed. */
  readonly rehearsal?: Rehearsal | null
}

/**
 * For each API path the rights of the token, or why they are unknown. `not-asked`: the job that
 * plans is not the job that applies, so the rights of its token say nothing about the run.
 */
export type TokenRights =
  ReadonlyMap<string, readonly string[]> | { readonly refused: string } | 'not-asked'

/** A plugin file on one node, compared with the expected hash. */
export interface BinaryReport {
  readonly node: NodeAddress
  readonly command: string
  readonly expected: Sha256
  /** `rollback`: only the rollback of a step starts it. */
  readonly for: 'run' | 'rollback'
  readonly result: 'same' | { readonly found: Sha256 } | { readonly failed: string }
}

/** What a rule found. An allowance matches it by the name of the rule and the subject. */
export interface Verdict {
  /** Only if it is milder than the severity of the rule. */
  readonly severity?: Severity
  /** Exactly a plugin id, mount path, connection path or node address. */
  readonly subject: string
  readonly message: string
  /** Only if there is more to say than the fix of the rule. */
  readonly fix?: string
  /** Lines to copy, to which the fix refers. */
  readonly lines?: readonly string[]
  readonly mounts?: readonly MountPath[]
  readonly nodes?: readonly NodeAddress[]
  readonly at?: Source
  /** What the verdict is about (`topics.ts`). A finding with the same topic may be its cause. */
  readonly topics?: readonly string[]
}

export interface RuleText {
  /** Stable, since files name it in `allow`. */
  readonly name: string
  /** The highest severity of its findings. */
  readonly severity: Severity
  readonly title: string
  /** Two to six sentences: what the servers do, and what follows from it. */
  readonly explanation: string
  readonly fix: string
  /** False: `allow` has no effect on its findings. */
  readonly allowable: boolean
}

export interface PlanRule extends RuleText {
  readonly about: 'plan'
  judge(input: RuleInput): readonly Verdict[]
}

/** A rule about an `allow` of the file, not about the plan. */
export interface AllowanceRule extends RuleText {
  readonly about: 'allowance'
  judge(allowance: Allowance, standing: Standing): Verdict | undefined
}

/** The state of an allowance: whether its rule exists and what the rule found. */
export interface Standing {
  /** Absent: no rule has that name. */
  readonly rule?: RuleText
  readonly expired: boolean
  /** The rule has a finding with that subject. */
  readonly matched: boolean
  /** That finding is allowed, by this allowance or another. */
  readonly covered: boolean
  /** The subjects of all findings of the rule. */
  readonly subjects: readonly string[]
}

export type Rule = PlanRule | AllowanceRule
