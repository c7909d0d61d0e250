/**
 * The differences between the two products, in one table. Measured on OpenBao 2.7.2 and Vault
 * 1.21.4 (Community). Only facts; the rest of the twin acts on them.
 */
import type { JsonObject } from '../../domain/exchange.ts'
import type { Product } from '../../domain/live.ts'

export interface Behaviour {
  /** OpenBao's standbys run their own plugin processes and answer reads and reloads themselves. */
  readonly standbysServe: boolean
  readonly hasPins: boolean
  /** A mount may be configured for `latest`: its highest registered version at each start. */
  readonly hasLatest: boolean
  readonly hasNamespaces: boolean
  /** `sys/plugins/reload/:type/:name` and `<database mount>/reload/<plugin>`. */
  readonly reloadsByTypeAndName: boolean
  /**
   * OpenBao removes the old backend before it starts the new one. Vault keeps it if the new one
   * fails.
   */
  readonly failedReloadDropsBackend: boolean
  readonly failedReloadStatus: 400 | 500
  /** A reload of several mounts stops at the first one that fails. */
  readonly reloadStopsAtFirstFailure: boolean
  /**
   * `scope: global`: 200, and every standby reloads a moment later; or 202, and no standby reloads.
   */
  readonly globalReload: { readonly status: 200 | 202; readonly reachesStandbys: boolean }
  /** A mount that did not start lists the version that it ran last. Otherwise it lists none. */
  readonly remembersWhatRan: boolean
  /**
   * A mount that had no backend at unseal refuses writes until the next unseal, also after a
   * reload.
   */
  readonly staysReadOnlyAfterNilSetup: boolean
  /**
   * A mount that is tuned to its builtin's own version has no configured version after the next
   * set-up.
   */
  readonly forgetsBuiltinVersionAtSetup: boolean
  /** A builtin engine lists its own version, whatever the mount is tuned to. */
  readonly builtinSaysItsOwnVersion: boolean
  readonly refusesShortSha256: boolean
  /** The lists by type of `sys/plugins/catalog` name plugins that have only versioned entries. */
  readonly listsVersionedPluginsByType: boolean
  /** An error of a plugin that is started on demand has the form `1 error occurred: …`. */
  readonly wrapsStartErrors: boolean
  /** A catalog read of an entry fails on a node whose plugin directory lacks the file. */
  readonly entryReadLooksForFile: boolean
  readonly malformedVersion: 'malformed version' | 'Malformed version'
  /** Fields that a catalog read has in addition to the common ones. */
  readonly catalogExtras: JsonObject
  readonly unavailable: { readonly status: 404; readonly wrapped: boolean; readonly words: string }
}

export const BEHAVIOUR: Readonly<Record<Product, Behaviour>> = {
  openbao: {
    standbysServe: true,
    hasPins: false,
    hasLatest: true,
    hasNamespaces: true,
    reloadsByTypeAndName: false,
    failedReloadDropsBackend: true,
    failedReloadStatus: 400,
    reloadStopsAtFirstFailure: false,
    globalReload: { status: 200, reachesStandbys: true },
    remembersWhatRan: false,
    staysReadOnlyAfterNilSetup: false,
    forgetsBuiltinVersionAtSetup: true,
    builtinSaysItsOwnVersion: true,
    refusesShortSha256: true,
    listsVersionedPluginsByType: true,
    wrapsStartErrors: false,
    entryReadLooksForFile: true,
    malformedVersion: 'malformed version',
    catalogExtras: { declarative: false, oci: false },
    unavailable: { status: 404, wrapped: true, words: 'unsupported path' },
  },
  vault: {
    standbysServe: false,
    hasPins: true,
    hasLatest: false,
    hasNamespaces: false,
    reloadsByTypeAndName: true,
    failedReloadDropsBackend: false,
    failedReloadStatus: 500,
    reloadStopsAtFirstFailure: true,
    globalReload: { status: 202, reachesStandbys: false },
    remembersWhatRan: true,
    staysReadOnlyAfterNilSetup: true,
    forgetsBuiltinVersionAtSetup: false,
    builtinSaysItsOwnVersion: false,
    refusesShortSha256: false,
    listsVersionedPluginsByType: false,
    wrapsStartErrors: true,
    entryReadLooksForFile: false,
    malformedVersion: 'Malformed version',
    catalogExtras: {},
    unavailable: { status: 404, wrapped: false, words: 'enterprise-only feature' },
  },
}
