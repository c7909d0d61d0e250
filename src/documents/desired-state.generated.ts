// Generated from schemas/desired-state.schema.json by `npm run generate`; edit the schema instead.
/**
 * type/name, where type is secret, auth or database.
 */
export type PluginId = string
/**
 * A version listed under versions, or unversioned, or builtin.
 */
export type Use = string

/**
 * The plugin versions that the mounts of one OpenBao or Vault cluster should run. What is not named here is left alone.
 */
export interface DesiredStateDocument {
  /**
   * The version of this file format.
   */
  version: 1
  cluster?: Cluster
  /**
   * Plugins by type/name as in the catalog, e.g. secret/my-kv, auth/jwt, database/redis.
   */
  plugins?: {
    [k: string]: Plugin
  }
  /**
   * Mounts by path (an auth method's begins with auth/), only where one differs from what its plugin says.
   */
  mounts?: {
    [k: string]: Mount
  }
  /**
   * Database connections by <mount>/config/<name>, only where one differs from what its plugin says.
   */
  connections?: {
    [k: string]: Connection
  }
  /**
   * Findings that are accepted, with the reason.
   */
  allow?: Allowance[]
  /**
   * Differences that drift passes over, with the reason.
   */
  ignore?: Ignore[]
}
/**
 * Which cluster this file is for. Flags and the BAO_* and VAULT_* variables serve otherwise.
 */
export interface Cluster {
  /**
   * The cluster_name the server must report: no plan is made for another cluster.
   */
  name?: string
  /**
   * Where the cluster is reached, unless --address says otherwise. It comes before BAO_ADDR and VAULT_ADDR.
   */
  address?: string
  /**
   * discover: ask the cluster for its nodes. Or each node's own address, where the ones it advertises cannot be reached.
   */
  nodes?: 'discover' | string[]
  /**
   * A command run, before anything is begun, for every node and file that the plan’s mounts and connections start from, the way back included; its output must begin with the SHA-256. {host}, {address} and {command} are filled in. A program written with a slash is found from the folder of this file, one without on the PATH.
   *
   * @minItems 1
   */
  binary_check?: string[]
  /**
   * Where runs on different machines exclude each other.
   */
  lock?: {
    /**
     * A secret in a KV version 2 mount, as <mount>/<path>.
     */
    kv: string
  }
}
export interface Plugin {
  /**
   * What every mount (or connection) of this plugin runs. Without it they are left as they are.
   */
  use?: string
  /**
   * Must be said when the name is a builtin's: all its mounts are affected.
   */
  overrides?: 'builtin'
  /**
   * The versions to keep registered, by semantic version or unversioned.
   */
  versions?: {
    [k: string]: Binary
  }
  /**
   * Versions to deregister once nothing uses them.
   */
  retire?: string[]
}
/**
 * One plugin binary, as it lies in every node's plugin directory.
 */
export interface Binary {
  /**
   * The file's name in the plugin directory.
   */
  command: string
  /**
   * The SHA-256 of the binary: 64 hex digits, or taken from a sums file (the line of the command's name), or computed from a local copy. Paths are relative to this file.
   */
  sha256:
    | string
    | {
        sums: string
      }
    | {
        binary: string
      }
  /**
   * Arguments of the plugin's process.
   */
  args?: string[]
  /**
   * Environment variables of the plugin's process: a value, or { from: NAME } to take it from the environment of apply.
   */
  env?: {
    [k: string]:
      | string
      | {
          from: string
        }
  }
  /**
   * Which versions' stored data this binary reads, and which read what it has written: semantic version ranges.
   */
  data?: {
    upgrade_from?: string
    downgrade_to?: string
  }
}
/**
 * A mount that differs from what its plugin says, or that is to be made.
 */
export interface Mount {
  plugin: PluginId
  use?: Use
  /**
   * Upgraded and checked on every node before the plugin's other mounts are touched. Of no effect while the mount is only just made.
   */
  canary?: boolean
  /**
   * Mount the plugin here if nothing is mounted. Nothing is ever unmounted.
   */
  enable?: boolean
  /**
   * Checks after each reload of this mount (one that is only just made is empty, and is seen to answer instead): a path below it that must be readable (one that ends in a slash is listed), or a command that must exit 0 ({mount}, {node} and {address} are filled in). A program written with a slash is found from the folder of this file, one without on the PATH.
   */
  verify?: (
    | {
        read: string
      }
    | {
        /**
         * @minItems 1
         */
        run: string[]
      }
  )[]
  /**
   * Why this mount differs.
   */
  because?: string
}
export interface Connection {
  plugin: PluginId
  use?: Use
}
export interface Allowance {
  /**
   * The rule's name, as lockstep explain lists it.
   */
  rule: string
  /**
   * The finding's subject: a plugin, mount, connection or node.
   */
  subject: string
  because: string
  /**
   * The last day this holds, YYYY-MM-DD.
   */
  until?: string
}
export interface Ignore {
  /**
   * The class of difference, as lockstep drift names it.
   */
  class: string
  /**
   * The plugin, mount, connection or node.
   */
  subject: string
  because: string
  /**
   * The last day this holds, YYYY-MM-DD.
   */
  until?: string
}
