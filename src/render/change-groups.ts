/**
 * A plan's changes as they are shown: nodes that go the same way on one line, and mounts that
 * change alike in one block, so that a thousand mounts can be reviewed. Drops nothing but
 * what stays as it is.
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
  /** What follows the values: `on 3 nodes`. */
  readonly scope?: string
}

/** This many subjects that change alike are still shown one by one. */
const SHOWN_APART = 3

/** In the order of the first change of each group. `detail`: nothing is gathered. */
export function groupChanges(
  changes: readonly Change[],
  options: { detail: boolean },
): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup & { readonly subjects: string[] }>()
  for (const change of changes) {
    const { kind, action, why } = change
    const fields = options.detail
      ? changedFields(change).map(apart)
      : gatherNodes(changedFields(change))
    const key = JSON.stringify([kind, action, why, fields])
    const group = groups.get(key)
    if (group === undefined)
      groups.set(key, { kind, action, why, fields, subjects: [change.subject] })
    else group.subjects.push(change.subject)
  }
  return [...groups.values()].flatMap((group) =>
    options.detail || group.subjects.length <= SHOWN_APART
      ? group.subjects.map((subject) => ({ ...group, subjects: [subject] }))
      : [group],
  )
}

type Field = Change['fields'][number]

function changedFields({ fields }: Change): Field[] {
  return fields.filter(({ from, to }) => from !== to)
}

/** One line for each field and node. */
function apart({ name, node, from, to }: Field): ChangedField {
  return { name: node === undefined ? name : `${name} on ${node}`, from, to }
}

/** A field of each node is one line, `… on 3 nodes`, where all go the same way. */
function gatherNodes(fields: readonly Field[]): ChangedField[] {
  return [...groupBy(fields, ({ name }) => name).values()].flatMap((group) => {
    const [first] = group
    const isOne = group.every(({ from, to }) => from === first?.from && to === first.to)
    if (first === undefined || group.length === 1 || !isOne) return group.map(apart)
    const { name, from, to } = first
    return [{ name, from, to, scope: `on ${count(group.length, 'node')}` }]
  })
}

/** `v1.0.0 → v1.1.0 on 3 nodes`, or the one value of what is new or goes. */
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

/** Arguments are compared one by one: `--log-json [--v-] {+-vv+}`. */
function describeArgs(from: string, to: string): string {
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')
  return diffArrays(words(from), words(to))
    .flatMap(({ value, added, removed }) =>
      value.map((word) => (added ? `{+${word}+}` : removed ? `[-${word}-]` : word)),
    )
    .map(printable)
    .join(' ')
}
