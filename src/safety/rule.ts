/**
 * What a rule is: a text that explains it, and a function from everything known about a plan to
 * what is wrong with it. A rule reads nothing but its input and changes nothing.
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
  /** API path → what the token may do there, or why that is not known. Absent: not asked. */
  readonly capabilities?: ReadonlyMap<string, readonly string[]> | { readonly refused: string }
  /** What the check of the nodes' disks found. Absent: nothing was checked. */
  readonly binaries?: readonly BinaryReport[]
  /** False: others wrote the files, so no command of theirs was run. Absent: they are trusted. */
  readonly runsCommands?: boolean
  /** What the rehearsal showed. Absent or null: nothing was rehearsed. */
  readonly rehearsal?: Rehearsal | null
}

/** A plugin's file on one node's disk, held against the file's hash. */
export interface BinaryReport {
  readonly node: NodeAddress
  readonly command: string
  readonly expected: Sha256
  /** `back`: only a step that is taken back starts it. */
  readonly for: 'run' | 'back'
  readonly result: 'same' | { readonly found: Sha256 } | { readonly failed: string }
}

/** What a rule found. Allowances match it by the rule's name and its subject. */
export interface Verdict {
  /** Only where it is milder than the rule's own. */
  readonly severity?: Severity
  /** A plugin id, mount path, connection path or node address, exactly. */
  readonly subject: string
  readonly message: string
  /** Only where there is more to say than the rule's own. */
  readonly fix?: string
  /** Lines to copy that the fix speaks of. */
  readonly lines?: readonly string[]
  readonly mounts?: readonly MountPath[]
  readonly nodes?: readonly NodeAddress[]
  readonly at?: Source
  /** What it is about (`topics.ts`): a finding of the same topic may be its cause. */
  readonly topics?: readonly string[]
}

export interface RuleText {
  /** Stable: files name it in `allow`. */
  readonly name: string
  /** The gravest it gives. */
  readonly severity: Severity
  readonly title: string
  /** Two to six sentences: what the servers do, and what comes of it. */
  readonly explanation: string
  readonly fix: string
  /** False: no `allow` in the file makes it pass. */
  readonly allowable: boolean
}

export interface PlanRule extends RuleText {
  readonly about: 'plan'
  judge(input: RuleInput): readonly Verdict[]
}

/** About an `allow` of the file rather than the plan. */
export interface AllowanceRule extends RuleText {
  readonly about: 'allowance'
  judge(allowance: Allowance, standing: Standing): Verdict | undefined
}

/** How an allowance stands to the rules and to what they found. */
export interface Standing {
  /** Absent: no rule has that name. */
  readonly rule?: RuleText
  readonly expired: boolean
  /** A finding of that rule has that subject. */
  readonly matched: boolean
  /** Such a finding is allowed, by this allowance or another. */
  readonly covered: boolean
  /** What else the rule found something about. */
  readonly subjects: readonly string[]
}

export type Rule = PlanRule | AllowanceRule
