/** Many rules ask the same of a draft, and a draft never changes: it is read once for each. */
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
