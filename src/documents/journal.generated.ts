// Generated from schemas/journal.schema.json by `npm run generate`; edit the schema instead.
import type { Action, Entry, Fact } from './plan.generated.ts'
import type { ConnectionPath, MountPath, Namespace, NodeAddress, PluginId, Sha256, Version } from '../domain/names.ts'
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
    /**
     * The KV version 2 secret that the run held as its lock.
     */
    lock?: string
  }
  steps: number
  /**
   * Of a rollback: the run to whose beginning it goes back.
   */
  back_to?: string
  /**
   * user@host and process id.
   */
  by: string
  /**
   * What the plan's steps found and change, as it was when the run began: what a rollback returns to. Servers do not keep it.
   */
  before: {
    entries: {
      plugin: PluginId
      version: Version
      /**
       * null: nothing was registered.
       */
      entry: null | Entry
    }[]
    mounts: {
      mount: MountPath
      namespace: Namespace
      plugin: PluginId
      /**
       * What it was configured for, empty for none; null: nothing was mounted.
       */
      version: null | Version
      /**
       * What each node ran for it, whatever it was configured for: a node that ran nothing or did not say is left out. Absent where none said, and in journals of older programs.
       */
      running?: {
        node: NodeAddress
        /**
         * Empty for a builtin.
         */
        sha256: Sha256
      }[]
    }[]
    connections: {
      connection: ConnectionPath
      namespace: Namespace
      plugin: PluginId
      version: Version
    }[]
  }
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
/**
 * However it ended. done, undone, not_undone and remaining are ids of steps; a journal without this line is of a run that was killed, or is under way.
 */
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
  outcome: 'done' | 'stale' | 'put_back' | 'not_put_back' | 'interrupted' | 'stopped'
  done: string[]
  undone: string[]
  /**
   * Steps that were to be taken back and were not; absent where there are none.
   */
  not_undone?: string[]
  remaining: string[]
  /**
   * Why it did not get to its end.
   */
  reason?: string
  /**
   * Mounts that answer and cannot be written to until their node steps down or restarts (Vault): they had no backend when it became active. Absent where there are none.
   */
  read_only?: {
    mount: MountPath
    node: NodeAddress
  }[]
  /**
   * Why what it touched was not put back.
   */
  problems?: string
  /**
   * Mounts that do not run, or were not seen to run, what they ran before.
   */
  not_back?: {
    mount: MountPath
    node: NodeAddress
    /**
     * What it is to run again: the plugin's file, or its version where the file's name is not known.
     */
    file: string
    /**
     * Empty for a builtin.
     */
    sha256: Sha256
    found: string
  }[]
}
