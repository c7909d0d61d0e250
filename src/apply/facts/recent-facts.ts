/**
 * Remembers what a run has just seen: which node is active, and facts of the cluster that hold, so
 * that the next step does not read them again. Everything is dropped when anything unexpected
 * happens, also what is being read at that moment. Facts of single nodes are never kept: a node may
 * lag behind, and has its own plugin files.
 */
import type { Fact } from '../../documents/plan.generated.ts'
import type { NodeAddress } from '../../domain/names.ts'
import { isOneNodesOwn, keyOf } from './mismatch.ts'

/**
 * Milliseconds for which a fact that was seen to hold is not read again. Long enough for steps that
 * follow each other at once, too short for a person to have changed something meanwhile.
 */
export const RECENT = 1_000

/** When a reading began. */
export interface ReadingStart {
  /** Milliseconds on the clock of the run. */
  readonly since: number
  /** How often everything had been dropped. */
  readonly drops: number
}

export interface RecentFacts {
  /** Undefined if it must be asked for. */
  readonly active: () => NodeAddress | undefined
  /** Returns the facts that must be read. */
  readonly withoutRecent: (facts: readonly Fact[]) => readonly Fact[]
  /** To be called before a reading is sent. */
  readonly begin: () => ReadingStart
  /** Keeps the active node, unless everything was dropped since `start`. */
  readonly setActive: (node: NodeAddress, start: ReadingStart) => void
  /** Keeps facts that were seen to hold, unless everything was dropped since `start`. */
  readonly add: (facts: readonly Fact[], start: ReadingStart) => void
  /** To be called when an answer was lost or unexpected, and after each wait. */
  readonly drop: () => void
}

/** `clock`: for durations only, in milliseconds. */
export function createRecentFacts(clock: () => number): RecentFacts {
  const seen = new Map<string, { readonly fact: string; readonly since: number }>()
  let active: NodeAddress | undefined
  let drops = 0
  return {
    active: () => active,
    withoutRecent: (facts) => {
      const oldest = clock() - RECENT
      const isRecent = (fact: Fact): boolean => {
        const known = seen.get(keyOf(fact))
        return known !== undefined && known.since >= oldest && known.fact === JSON.stringify(fact)
      }
      return facts.filter((fact) => !isRecent(fact))
    },
    begin: () => ({ since: clock(), drops }),
    setActive: (node, start) => {
      if (start.drops === drops) active = node
    },
    add: (facts, start) => {
      // A step beside this one dropped everything: what was read before that proves nothing.
      if (start.drops !== drops) return
      for (const fact of facts) {
        if (isOneNodesOwn(fact)) continue
        const key = keyOf(fact)
        // A newer fact about the same thing takes the place of an older one, never the reverse.
        if ((seen.get(key)?.since ?? -Infinity) > start.since) continue
        seen.set(key, { fact: JSON.stringify(fact), since: start.since })
      }
    },
    drop: () => {
      seen.clear()
      active = undefined
      drops += 1
    },
  }
}
