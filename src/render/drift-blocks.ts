/** Groups differences as they are shown: equal except for mount and node, in one block. */
import type { Difference } from '../documents/drift.generated.ts'
import { groupBy } from '../domain/group-by.ts'

/** Groups by plugin, in the order of the report. */
export function byPlugin(differences: readonly Difference[]): [string, Difference[]][] {
  return [...groupBy(differences, ({ plugin, subject }) => plugin ?? subject)]
}

/** Differences that are equal except for their subjects. */
export interface DriftBlock {
  readonly one: Difference
  readonly subjects: readonly string[]
  readonly nodes: readonly string[]
}

/** Up to this many mounts with the same difference are shown one by one. */
const SHOWN_SEPARATELY = 3

/**
 * Joins the nodes of each subject, then the subjects with the same difference, in the order of the
 * first of each.
 */
export function joinAlike(
  differences: readonly Difference[],
  { detail }: { readonly detail: boolean },
): DriftBlock[] {
  const bySubject = new Map<string, { one: Difference; nodes: string[] }>()
  for (const one of differences) {
    const key = JSON.stringify([one.subject, ...sharedFields(one)])
    const known = bySubject.get(key) ?? { one, nodes: [] }
    bySubject.set(key, known)
    if (one.node !== undefined) known.nodes.push(one.node)
  }
  const alike = new Map<string, { one: Difference; nodes: string[]; subjects: string[] }>()
  for (const { one, nodes } of bySubject.values()) {
    const key = JSON.stringify([one.mount !== undefined, nodes, ...sharedFields(one)])
    const known = alike.get(key) ?? { one, nodes, subjects: [] }
    alike.set(key, known)
    known.subjects.push(one.subject)
  }
  return [...alike.values()].flatMap((block) =>
    detail || block.subjects.length <= SHOWN_SEPARATELY
      ? block.subjects.map((subject) => ({ ...block, subjects: [subject] }))
      : [block],
  )
}

function sharedFields({ class: name, desired, found, cause, fix, at }: Difference): unknown[] {
  return [name, desired, found, cause, fix, at]
}

/** What the subject of a difference is called. */
export function nounOf({ class: name, mount }: Difference): string {
  if (mount !== undefined) return 'mount'
  return name === 'connection-differs' ? 'connection' : name === 'unreadable' ? 'path' : 'subject'
}
