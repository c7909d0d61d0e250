/** How a run of a plan ended, and what was found where it could not go on. */
import type { Fact } from '../documents/plan.generated.ts'

/** A fact that does not hold: what was relied on, and what was found. */
export interface Mismatch {
  readonly fact: Fact
  /** What it is about, e.g. `team-a/ on https://…`. */
  readonly subject: string
  readonly field: string
  readonly expected: string
  readonly found: string
}

/** How a run ended. `done`, `undone` and `remaining` are step ids, in order. */
export type RunOutcome =
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
