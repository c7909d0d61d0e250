// Generated from schemas/plan.schema.json by `npm run generate`; edit the schema instead.
import type { ConnectionPath, MountPath, Namespace, NodeAddress, PluginId, Sha256, Version } from '../domain/names.ts'
/**
 * One request that changes a server.
 */
export type Action =
  RegisterAction | EnableAction | TuneAction | RepointAction | ReloadAction | DeregisterAction
/**
 * Something that can be read from a server and held against what the plan relies on.
 */
export type Fact =
  EntryFact | MountFact | NoNamespacesFact | NoMountFact | RunningFact | UnusedFact | ConnectionFact
export type StepVerification =
  | {
      mount: MountPath
      kind: 'read'
      /**
       * Below the mount; read on the node that was reloaded.
       */
      path: string
    }
  | {
      mount: MountPath
      kind: 'run'
      /**
       * Program and arguments, with {mount}, {node} and {address} still to fill in; run where apply runs.
       */
      command: string[]
    }

/**
 * The steps that bring a cluster from the live state they were planned on to the desired state, with what was found about them. Holds no secret.
 */
export interface Plan {
  /**
   * The version of this document's format.
   */
  format: 1
  /**
   * SHA-256 of this document in canonical JSON (RFC 8785) without plan_id and created_at.
   */
  plan_id: string
  /**
   * When the plan was written to a file, RFC 3339.
   */
  created_at?: string
  cluster: {
    id: string
    name: string
    product: 'openbao' | 'vault'
    server_version: string
    /**
     * The nodes planned for, sorted by address.
     */
    nodes: {
      address: NodeAddress
      role: 'active' | 'standby' | 'unknown'
      state: 'serving' | 'forwarding' | 'sealed' | 'unreachable'
    }[]
    /**
     * The KV version 2 secret that runs on different machines exclude each other by.
     */
    lock?: string
    /**
     * The file's own check of the nodes' disks, made once more before a saved plan is begun.
     */
    binary_check?: {
      /**
       * Program and arguments, with {host}, {address} and {command} still to fill in; run where apply runs.
       *
       * @minItems 1
       */
      command: string[]
      /**
       * What the steps start, and so every node must have, sorted by command.
       */
      files: {
        command: string
        sha256: Sha256
      }[]
    }
  }
  /**
   * What differs between desired and live, as people read it; the steps carry it out.
   */
  changes: Change[]
  steps: Step[]
  findings: Finding[]
  /**
   * What the rehearsal on a model of the cluster showed; null where there was nothing to rehearse.
   */
  rehearsal: null | Rehearsal
}
export interface Change {
  /**
   * A plugin and version, a mount, or a connection.
   */
  subject: string
  kind: 'entry' | 'mount' | 'connection'
  action: 'add' | 'change' | 'remove'
  fields: {
    name: string
    /**
     * Whose own view it is, where each node has one.
     */
    node?: NodeAddress
    from: string | null
    to: string | null
  }[]
  why: string
}
/**
 * One request to one node, what must hold before and after it, and what undoes it.
 */
export interface Step {
  /**
   * Unique in the plan, the same for the same inputs.
   */
  id: string
  /**
   * Steps of one group are put back together when one of them fails.
   */
  group: string
  /**
   * Ids of the steps this one comes after.
   */
  after: string[]
  action: Action
  requires: Fact[]
  ensures: Fact[]
  /**
   * The requests that take it back.
   */
  undo: Action[]
  why: string
  /**
   * What holds again once it is undone, where that can be known.
   */
  restores: Fact[]
  /**
   * The file's own checks of the mounts it reloads, in order; absent for none.
   *
   * @minItems 1
   */
  verify?: StepVerification[]
}
export interface RegisterAction {
  kind: 'register'
  plugin: PluginId
  version: Version
  entry: Entry
  /**
   * The environment's names; a value is never in a plan.
   */
  env: EnvironmentName[]
}
/**
 * A catalog entry's content, without its environment (servers never return it).
 */
export interface Entry {
  command: string
  sha256: Sha256
  args: string[]
}
export interface EnvironmentName {
  name: string
  /**
   * The variable of apply's own environment it is taken from; absent: written in the file, which apply then needs.
   */
  from?: string
}
export interface EnableAction {
  kind: 'enable'
  mount: MountPath
  namespace: Namespace
  plugin: PluginId
  /**
   * Empty: mounted without a version.
   */
  version: Version
}
export interface TuneAction {
  kind: 'tune'
  mount: MountPath
  namespace: Namespace
  version: Version
}
export interface RepointAction {
  kind: 'repoint'
  connection: ConnectionPath
  namespace: Namespace
  version: Version
}
export interface ReloadAction {
  kind: 'reload'
  node: NodeAddress
  namespace: Namespace
  /**
   * Named in one request, sorted; all of one namespace.
   *
   * @minItems 1
   */
  mounts: MountPath[]
}
export interface DeregisterAction {
  kind: 'deregister'
  plugin: PluginId
  version: Version
}
/**
 * The catalog holds exactly this under the version; null: nothing. Asked of one node where it says so, else of the cluster.
 */
export interface EntryFact {
  fact: 'entry'
  plugin: PluginId
  version: Version
  entry: null | Entry
  node?: NodeAddress
}
/**
 * The mount exists, with this plugin, accessor and configured version.
 */
export interface MountFact {
  fact: 'mount'
  mount: MountPath
  namespace: Namespace
  plugin: PluginId
  /**
   * Absent for a mount the plan itself makes.
   */
  accessor?: string
  configured_version: Version
  node?: NodeAddress
}
/**
 * There is no namespace beside the root. Where there is one, a mount on a builtin's version costs OpenBao its leader.
 */
export interface NoNamespacesFact {
  fact: 'no_namespaces'
}
/**
 * Nothing is mounted at the path.
 */
export interface NoMountFact {
  fact: 'no_mount'
  mount: MountPath
  namespace: Namespace
}
/**
 * On this node the mount's backend answers and runs this binary (empty hash: compiled in).
 */
export interface RunningFact {
  fact: 'running'
  mount: MountPath
  namespace: Namespace
  node: NodeAddress
  sha256: Sha256
  /**
   * The version it was loaded under; absent where that does not matter.
   */
  version?: Version
}
/**
 * No mount, connection, pin or process on any node uses the version.
 */
export interface UnusedFact {
  fact: 'unused'
  plugin: PluginId
  version: Version
  sha256: Sha256
}
export interface ConnectionFact {
  fact: 'connection'
  connection: ConnectionPath
  namespace: Namespace
  plugin: PluginId
  version: Version
}
/**
 * What a rule says about a plan.
 */
export interface Finding {
  rule: string
  /**
   * error blocks the plan.
   */
  severity: 'error' | 'warning' | 'note'
  subject: string
  message: string
  fix: string
  /**
   * Lines to copy that the fix speaks of, such as a policy's.
   */
  lines?: string[]
  mounts: MountPath[]
  nodes: NodeAddress[]
  /**
   * Where in the files it is about.
   */
  at?: string
  /**
   * Why it was accepted; an allowed error does not block.
   */
  allowed?: string
}
export interface Rehearsal {
  /**
   * How many places the run may stop at: one after each step.
   */
  stopping_points: number
  safe: number
  unsafe: {
    /**
     * The step's id; empty where a plan without steps does not get where it is to end.
     */
    after: string
    /**
     * refused: the server would refuse the step. down: does not answer. entry-missing: a restart would lose it, as its version is not registered. file-differs: a restart would lose it, as its entry's file is not there or another. other-binary: a restart would start what it neither ran before nor is to run. unregistered: runs what is registered no more. other-mount: is another mount than before. late-standby: reloaded on the active node first. no-leader: no node could lead after two changes of leader. missed-end: the last step leaves the cluster otherwise than the file has it.
     */
    kind:
      | 'refused'
      | 'down'
      | 'entry-missing'
      | 'file-differs'
      | 'other-binary'
      | 'unregistered'
      | 'other-mount'
      | 'late-standby'
      | 'no-leader'
      | 'missed-end'
    /**
     * In words, with the first few of what it is about.
     */
    problem: string
    /**
     * The mounts it is about, sorted.
     */
    mounts: MountPath[]
    /**
     * The nodes on which it is so, sorted.
     */
    nodes: NodeAddress[]
  }[]
}
