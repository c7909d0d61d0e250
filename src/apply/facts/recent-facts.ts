/**
 * Remembers what a run has just seen: which node is active, and facts of the cluster that hold, so
 * that the next step does not read them again. Everything is dropped when anything unexpected
 * happens. Facts of single nodes are never kept: a node may lag behind, and has its own plugin files.
 */
import type { Fact } from '../../documents/plan.generated.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { isOneNodesOwn, keyOf } from './mismatch.ts'

/**
 * Milliseconds for which a fact that was seen to hold is not read again. Long enough for steps that
 * follow each other at once, too short for a person to have changed something meanwhile.
 */
const RECENT = 1_000

export interface RecentFacts {
  /** Undefined if it must be asked for. */
  readonly active: () => NodeAddress | undefined
  readonly setActive: (node: NodeAddress) => void
  /** Returns the facts that must be read. */
  readonly withoutRecent: (facts: readonly Fact[]) => readonly Fact[]
  /** To be called with facts that were seen to hold. `since`: when the reads began. */
  readonly add: (facts: readonly Fact[], since: number) => void
  /** To be called when an answer was lost or unexpected, and after each wait. */
  readonly drop: () => void
}

/** `clock`: for durations only, in milliseconds. */
export function createRecentFacts(clock: () => number): RecentFacts {
  const seen = new Map<string, { readonly fact: string; readonly since: number }>()
  let active: NodeAddress | undefined
  return {
    active: () => active,
    setActive: (node) => {
      active = node
    },
    withoutRecent: (facts) => {
      const oldest = clock() - RECENT
      const isRecent = (fact: Fact): boolean => {
        const known = seen.get(keyOf(fact))
        return known !== undefined && known.since >= oldest && known.fact === JSON.stringify(fact)
      }
      return facts.filter((fact) => !isRecent(fact))
    },
    add: (facts, since) => {
      // A newer fact about the same thing takes the place of the older one.
      for (const fact of facts) {
        if (!isOneNodesOwn(fact)) seen.set(keyOf(fact), { fact: JSON.stringify(fact), since })
      }
    },
    drop: () => {
      seen.clear()
      active = undefined
    },
  }
}
