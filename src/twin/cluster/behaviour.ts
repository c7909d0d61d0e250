/**
 * What the two products do differently, in one table. Measured on OpenBao 2.7.2 and Vault 1.21.4
 * (Community). Holds facts only; the rest of the twin acts on them.
 */
import type { JsonObject } from '../../domain/exchange.ts'
import type { Product } from '../../domain/live.ts'

export interface Behaviour {
  /** OpenBao standbys run their own plugin processes and answer reads and reloads themselves. */
  readonly standbysServe: boolean
  readonly hasPins: boolean
  /** A mount may be configured for `latest`: its highest registered version at each start. */
  readonly hasLatest: boolean
  readonly hasNamespaces: boolean
  /** `sys/plugins/reload/:type/:name` and `<database mount>/reload/<plugin>`. */
  readonly reloadsByTypeAndName: boolean
  /** OpenBao takes the old backend away before it starts the new one; Vault keeps it. */
  readonly failedReloadDropsBackend: boolean
  readonly failedReloadStatus: 400 | 500
  /** A reload that names many mounts leaves those after the first failing one as they were. */
  readonly reloadStopsAtFirstFailure: boolean
  /** `scope: global`: 200 and, a moment later, every standby's own reload; or 202 and nothing. */
  readonly globalReload: { readonly status: 200 | 202; readonly reachesStandbys: boolean }
  /** What a mount that did not start says it runs: what it ran last, or nothing. */
  readonly remembersWhatRan: boolean
  /** A mount that had no backend at unseal refuses writes until the next unseal, reloaded or not. */
  readonly staysReadOnlyAfterNilSetup: boolean
  /** A mount tuned to its builtin's own version says none after the next setup. */
  readonly forgetsBuiltinVersionAtSetup: boolean
  /** A compiled-in engine says its own version, whatever the mount is tuned to. */
  readonly builtinSaysItsOwnVersion: boolean
  readonly refusesShortSha256: boolean
  /** The lists by type of `sys/plugins/catalog` name plugins that have only versioned entries. */
  readonly listsVersionedPluginsByType: boolean
  /** An error of a plugin that is started on demand comes as `1 error occurred: …`. */
  readonly wrapsStartErrors: boolean
  /** A catalog read of an entry fails on a node whose plugin directory lacks the file. */
  readonly entryReadLooksForFile: boolean
  readonly malformedVersion: 'malformed version' | 'Malformed version'
  /** Fields every catalog read has beside the common ones. */
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
