// Generated from schemas/journal.schema.json by `npm run generate`; edit the schema instead.
import type { Action, Fact } from './plan.generated.ts'
/**
 * One line of a run's journal, and of apply --json: what is about to be done, and what came of it.
 */
export type JournalEvent =
  | RunStarted
  | StepStarted
  | StepDone
  | StepFailed
  | UndoStarted
  | UndoDone
  | UndoFailed
  | RunWaiting
  | RunEnded

/**
 * An apply begins.
 */
export interface RunStarted {
  event: 'run_started'
  /**
   * RFC 3339, UTC.
   */
  at: string
  /**
   * The run's id.
   */
  run: string
  plan_id: string
  cluster: {
    id: string
    name: string
  }
  steps: number
  /**
   * user@host and process id.
   */
  by: string
}
/**
 * Written before the request is sent.
 */
export interface StepStarted {
  event: 'step_started'
  /**
   * RFC 3339, UTC.
   */
  at: string
  /**
   * The run's id.
   */
  run: string
  /**
   * The step's id.
   */
  step: string
  /**
   * From 1.
   */
  number: number
  of: number
  action: Action
  undo: Action[]
  restores: Fact[]
}
/**
 * It was carried out and read back; already: an earlier run had done it.
 */
export interface StepDone {
  event: 'step_done'
  /**
   * RFC 3339, UTC.
   */
  at: string
  /**
   * The run's id.
   */
  run: string
  /**
   * The step's id.
   */
  step: string
  outcome: 'done' | 'already'
}
/**
 * It was refused, or what should hold after it does not.
 */
export interface StepFailed {
  event: 'step_failed'
  /**
   * RFC 3339, UTC.
   */
  at: string
  /**
   * The run's id.
   */
  run: string
  /**
   * The step's id.
   */
  step: string
  reason: string
}
/**
 * Written before a request that takes something back.
 */
export interface UndoStarted {
  event: 'undo_started'
  /**
   * RFC 3339, UTC.
   */
  at: string
  /**
   * The run's id.
   */
  run: string
  /**
   * The step's id.
   */
  step: string
  action: Action
}
export interface UndoDone {
  event: 'undo_done'
  /**
   * RFC 3339, UTC.
   */
  at: string
  /**
   * The run's id.
   */
  run: string
  /**
   * The step's id.
   */
  step: string
}
export interface UndoFailed {
  event: 'undo_failed'
  /**
   * RFC 3339, UTC.
   */
  at: string
  /**
   * The run's id.
   */
  run: string
  /**
   * The step's id.
   */
  step: string
  reason: string
}
/**
 * The cluster is moving; the run waits for it, for a bounded time.
 */
export interface RunWaiting {
  event: 'run_waiting'
  /**
   * RFC 3339, UTC.
   */
  at: string
  /**
   * The run's id.
   */
  run: string
  reason: string
}
export interface RunEnded {
  event: 'run_ended'
  /**
   * RFC 3339, UTC.
   */
  at: string
  /**
   * The run's id.
   */
  run: string
  outcome: 'done' | 'stale' | 'put_back' | 'not_put_back' | 'interrupted' | 'failed'
  done: string[]
  undone: string[]
  remaining: string[]
  reason?: string
}
