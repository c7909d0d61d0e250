/**
 * Wraps a reading of a draft so that it is computed once for each draft: many rules ask for the
 * same reading, and a draft never changes.
 */
import type { DraftPlan } from '../plan/make-plan.ts'

export function oncePerDraft<Reading>(
  read: (draft: DraftPlan) => Reading,
): (draft: DraftPlan) => Reading {
  const known = new WeakMap<DraftPlan, { readonly reading: Reading }>()
  return (draft) => {
    const { reading } = known.get(draft) ?? { reading: read(draft) }
    known.set(draft, { reading })
    return reading
  }
}
