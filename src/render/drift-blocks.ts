/** Groups differences as they are shown: equal except for mount, node and place, in one block. */
import type { Difference } from '../documents/drift.generated.ts'
import { groupBy } from '../domain/group-by.ts'

/** Groups by plugin, in the order of the report. */
export function byPlugin(differences: readonly Difference[]): [string, Difference[]][] {
  return [...groupBy(differences, ({ plugin, subject }) => plugin ?? subject)]
}

/** Differences that are equal except for their subjects and their places in the files. */
export interface DriftBlock {
  readonly one: Difference
  readonly subjects: readonly string[]
  /** Where the files ask for it: `lockstep.yaml:4:3`, in order, each once. */
  readonly places: readonly string[]
  readonly nodes: readonly string[]
}

/** One subject, on all nodes on which it differs in the same way. */
interface SubjectDifference {
  readonly one: Difference
  readonly nodes: string[]
}

/**
 * Joins the nodes of each subject, then the subjects with the same difference, in the order of the
 * first of each. Up to `apart` subjects with the same difference have a block each.
 */
export function joinAlike(
  differences: readonly Difference[],
  { apart }: { readonly apart: number },
): DriftBlock[] {
  const bySubject = new Map<string, SubjectDifference>()
  for (const one of differences) {
    const key = JSON.stringify([one.subject, one.at, ...sharedFields(one)])
    const known = bySubject.get(key) ?? { one, nodes: [] }
    bySubject.set(key, known)
    if (one.node !== undefined) known.nodes.push(one.node)
  }
  const alike = groupBy([...bySubject.values()], ({ one, nodes }) =>
    JSON.stringify([one.mount !== undefined, nodes, ...sharedFields(one)]),
  )
  return [...alike.values()].flatMap((group) =>
    group.length <= apart ? group.flatMap((subject) => blockOf([subject])) : blockOf(group),
  )
}

function blockOf(group: readonly SubjectDifference[]): DriftBlock[] {
  const [first] = group
  if (first === undefined) return []
  return [
    {
      ...first,
      subjects: group.map(({ one }) => one.subject),
      places: [...new Set(group.flatMap(({ one }) => one.at ?? []))],
    },
  ]
}

function sharedFields({ class: name, desired, found, cause, fix }: Difference): unknown[] {
  return [name, desired, found, cause, fix]
}

/** What the subject of a difference is called. */
export function nounOf({ class: name, mount }: Difference): string {
  if (mount !== undefined) return 'mount'
  return name === 'connection-differs' ? 'connection' : name === 'unreadable' ? 'path' : 'subject'
}
