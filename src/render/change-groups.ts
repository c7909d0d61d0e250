/**
 * Groups the changes of a plan for display: nodes with the same change on one line, and mounts with
 * the same change in one block, so that a thousand mounts can be reviewed. Leaves out only what
 * stays as it is.
 */
import { diffArrays } from 'diff'
import type { Change } from '../documents/plan.generated.ts'
import { count } from '../domain/count.ts'
import { groupBy } from '../domain/group-by.ts'
import { printable, shortenHashes } from './wording.ts'

export interface ChangeGroup {
  readonly kind: Change['kind']
  readonly action: Change['action']
  readonly why: string
  readonly fields: readonly ChangedField[]
  /** At least one. */
  readonly subjects: readonly string[]
}

export interface ChangedField {
  readonly name: string
  readonly from: string | null
  readonly to: string | null
  /** Text after the values: `on 3 nodes`. */
  readonly scope?: string
}

/** Up to this many subjects with the same change are shown one by one. */
const SHOWN_SEPARATELY = 3

/** Groups changes, in the order of the first change of each group. `detail`: nothing is grouped. */
export function groupChanges(
  changes: readonly Change[],
  options: { detail: boolean },
): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup & { readonly subjects: string[] }>()
  for (const change of changes) {
    const { kind, action, why } = change
    const fields = options.detail
      ? changedFields(change).map(separateField)
      : gatherNodes(changedFields(change))
    const key = JSON.stringify([kind, action, why, fields])
    const group = groups.get(key)
    if (group === undefined)
      groups.set(key, { kind, action, why, fields, subjects: [change.subject] })
    else group.subjects.push(change.subject)
  }
  return [...groups.values()].flatMap((group) =>
    options.detail || group.subjects.length <= SHOWN_SEPARATELY
      ? group.subjects.map((subject) => ({ ...group, subjects: [subject] }))
      : [group],
  )
}

type Field = Change['fields'][number]

function changedFields({ fields }: Change): Field[] {
  return fields.filter(({ from, to }) => from !== to)
}

/** A separate line for each field and node. */
function separateField({ name, node, from, to }: Field): ChangedField {
  return { name: node === undefined ? name : `${name} on ${node}`, from, to }
}

/** One line, `… on 3 nodes`, for a field that changes in the same way on all nodes. */
function gatherNodes(fields: readonly Field[]): ChangedField[] {
  return [...groupBy(fields, ({ name }) => name).values()].flatMap((group) => {
    const [first] = group
    const isSame = group.every(({ from, to }) => from === first?.from && to === first.to)
    if (first === undefined || group.length === 1 || !isSame) return group.map(separateField)
    const { name, from, to } = first
    return [{ name, from, to, scope: `on ${count(group.length, 'node')}` }]
  })
}

/** `v1.0.0 → v1.1.0 on 3 nodes`; only one value if the subject is added or removed. */
export function describeField(
  { name, from, to, scope }: ChangedField,
  action: Change['action'],
  options: { detail: boolean },
): string {
  if (name === 'args' && action === 'change') return describeArgs(from ?? '', to ?? '')
  const text = (value: string | null): string =>
    value === null ? 'none' : options.detail ? printable(value) : shortenHashes(printable(value))
  const value =
    action === 'change' ? `${text(from)} → ${text(to)}` : text(action === 'add' ? to : from)
  return scope === undefined ? value : `${value} ${scope}`
}

/** Compares arguments one by one: `--log-json [--v-] {+-vv+}`. */
function describeArgs(from: string, to: string): string {
  return compareArgs(from, to)
    .map(({ word, side }) =>
      printable(side === 'added' ? `{+${word}+}` : side === 'removed' ? `[-${word}-]` : word),
    )
    .join(' ')
}

export interface ComparedArgument {
  readonly word: string
  readonly side: 'both' | 'added' | 'removed'
}

/** The arguments of two entries as a diff, word by word. */
export function compareArgs(from: string, to: string): ComparedArgument[] {
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')
  return diffArrays(words(from), words(to)).flatMap(({ value, added, removed }) =>
    value.map((word) => ({ word, side: added ? 'added' : removed ? 'removed' : 'both' })),
  )
}
