/**
 * How a test file comes by real servers. With `describeReal` it has one of the clusters of the pool,
 * with every plugin, to itself: `sharedCluster()`. What earlier files made there is still there, so
 * a test calls `reset()` before it relies on it being clean. A test that stops nodes or takes their
 * files away starts a cluster of its own and is described by `describeOwn`.
 */
import { afterAll, beforeAll, describe } from 'vitest'
import { ClusterClient } from './cluster-client.ts'
import { endLease, findServer, heldLease, takeLease } from './lease.ts'
import type { Product } from './product.ts'
import { resetCluster } from './reset.ts'

/** What a group of tests is about that one of the products does not have. */
export interface OnlyOn {
  readonly on: Product
  /** For whoever reads that the tests were skipped: `Vault Community has no namespaces`. */
  readonly because: string
}

const server = await findServer()

afterAll(endLease)

export class SharedCluster extends ClusterClient {
  /** Removes all that tests have made in it. */
  reset(): Promise<void> {
    return resetCluster(this)
  }
}

/** For use within the tests of a `describeReal`. */
export function sharedCluster(): SharedCluster {
  const lease = heldLease()
  if (lease === undefined) throw new Error('only tests of a describeReal share a cluster')
  return new SharedCluster(lease.description)
}

/** `describe` for tests on a cluster of the pool. */
export function describeReal(...[name, ...rest]: Group): void {
  const [only, tests] = rest.length === 2 ? rest : [undefined, ...rest]
  describeWithServers(name, only, () => {
    // Starting one takes seconds; on a busy machine, and where the plugins are built, minutes.
    beforeAll(takeLease, 600_000)
    tests()
  })
}

/** `describe` for tests that start real servers of their own. */
export function describeOwn(...[name, ...rest]: Group): void {
  const [only, tests] = rest.length === 2 ? rest : [undefined, ...rest]
  describeWithServers(name, only, tests)
}

type Group = [name: string, tests: () => void] | [name: string, only: OnlyOn, tests: () => void]

function describeWithServers(name: string, only: OnlyOn | undefined, tests: () => void): void {
  const reason = server.kind === 'there' ? whyNotOn(server.product, only) : server.reason
  if (reason === undefined) describe(name, tests)
  else describe.skip(`${name} (skipped: ${reason})`, tests)
}

/** Why tests cannot run on servers of this product; undefined where they can. */
function whyNotOn(product: Product, only: OnlyOn | undefined): string | undefined {
  return only === undefined || only.on === product ? undefined : only.because
}
