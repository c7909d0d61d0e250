/**
 * Limits how many reads a node answers at the same time. A node that answers 429 (too many
 * requests) gets fewer for as long as the program runs. A read that waits for its next try keeps
 * its place.
 */
import pLimit, { type LimitFunction } from 'p-limit'
import type { NodeAddress } from '../domain/names.ts'
import { remember } from '../domain/remember.ts'

/**
 * Enough to use a node well, few enough not to be a load. The same number of connections is kept
 * open.
 */
export const REQUESTS_PER_NODE = 4

export interface RequestLimits {
  /** Calls `send` when fewer reads of the node are running than its limit. */
  run<Result>(node: NodeAddress, send: () => Promise<Result>): Promise<Result>
  /** Halves the limit of a node, down to one. */
  slowDown(node: NodeAddress): void
}

/** `onSlowDown` is called once for each node that is slowed down. */
export function createRequestLimits(
  onSlowDown: (node: NodeAddress) => void = () => undefined,
): RequestLimits {
  const limits = new Map<NodeAddress, LimitFunction>()
  const limitOf = (node: NodeAddress): LimitFunction =>
    remember(limits, node, () => pLimit(REQUESTS_PER_NODE))
  return {
    run: (node, send) => limitOf(node)(send),
    slowDown(node) {
      const limit = limitOf(node)
      if (limit.concurrency === REQUESTS_PER_NODE) onSlowDown(node)
      limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2))
    },
  }
}
