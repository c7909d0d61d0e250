/**
 * The one cluster that all real test files share. Vitest's global set-up starts it, with every
 * plugin; a test file gets at it here and calls `reset()` before it relies on it being clean.
 * Files that share it must not run at the same time. A test that stops nodes starts its own.
 */
import { describe, inject } from 'vitest'
import { ClusterClient, type ClusterDescription } from './cluster-client.ts'
import { resetCluster } from './reset.ts'

/** What the set-up found: a cluster, or why there can be none on this machine. */
type SharedClusterState =
  | { readonly kind: 'started'; readonly description: ClusterDescription }
  | { readonly kind: 'missing-tool'; readonly reason: string }

declare module 'vitest' {
  interface ProvidedContext {
    sharedCluster: SharedClusterState
    /** A wrapping token of that cluster; stands for `canaries.stored`. */
    wrappedSecret: string
  }
}

export class SharedCluster extends ClusterClient {
  /** Removes all that tests have made in it. */
  reset(): Promise<void> {
    return resetCluster(this)
  }
}

/** For use within tests: a file is loaded also where the real suite is skipped. */
export function sharedCluster(): SharedCluster {
  const state = inject('sharedCluster')
  if (state.kind === 'missing-tool') throw new Error(state.reason)
  return new SharedCluster(state.description)
}

/** `describe` for tests that need real servers, those of their own included. */
export function describeReal(name: string, tests: () => void): void {
  const state = inject('sharedCluster')
  if (state.kind === 'started') describe(name, tests)
  else describe.skip(`${name} (skipped: ${state.reason})`, tests)
}
