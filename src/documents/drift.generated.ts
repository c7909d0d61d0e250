// Generated from schemas/drift.schema.json by `npm run generate`; edit the schema instead.
import type { MountPath, NodeAddress, PluginId } from '../domain/names.ts'
export type IgnoredDifference = Difference & {
  /**
   * Why it is passed over.
   */
  because: string
  /**
   * The last day it is, YYYY-MM-DD.
   */
  until?: string
}

/**
 * Where a cluster differs from its files, why, and what would mend it. Holds no secret.
 */
export interface DriftReport {
  /**
   * The version of this document's format.
   */
  format: 1
  cluster: {
    id: string
    name: string
    product: 'openbao' | 'vault'
    server_version: string
  }
  /**
   * True where nothing differs and everything could be read.
   */
  in_step: boolean
  /**
   * Sorted by plugin, mount, subject, class and node.
   */
  differences: Difference[]
  /**
   * What could not be read, and may differ; all of class unreadable.
   */
  unreadable: Difference[]
  /**
   * What the files say to pass over.
   */
  ignored: IgnoredDifference[]
  /**
   * What the files say to pass over, and that has ended or matches no difference.
   */
  idle_ignores: IdleIgnore[]
  /**
   * External plugins that no file names; all of class unmanaged. They are left alone and are no drift.
   */
  unmanaged: Difference[]
}
export interface Difference {
  class:
    | 'reload-pending'
    | 'node-skew'
    | 'mount-down'
    | 'mount-missing'
    | 'not-registered'
    | 'hash-differs'
    | 'version-differs'
    | 'connection-differs'
    | 'pinned-elsewhere'
    | 'overridden'
    | 'not-overridden'
    | 'retire-pending'
    | 'unmanaged'
    | 'unreadable'
  /**
   * A plugin, a plugin and version, a mount, a connection, a node, or an API path.
   */
  subject: string
  mount?: MountPath
  plugin?: PluginId
  /**
   * Where it is so on this node; absent where it is so of the cluster.
   */
  node?: NodeAddress
  /**
   * What the files ask for.
   */
  desired: string
  /**
   * What is there.
   */
  found: string
  /**
   * Why they differ, in words.
   */
  cause: string
  /**
   * What would mend it: a command, or what a person must do.
   */
  fix: string
  /**
   * Where in the files it is asked for, as file:line:column.
   */
  at?: string
}
export interface IdleIgnore {
  class: string
  subject: string
  because: string
  /**
   * Its last day, YYYY-MM-DD.
   */
  until?: string
  is: 'expired' | 'unused'
  /**
   * Where it is written, as file:line:column.
   */
  at: string
}
