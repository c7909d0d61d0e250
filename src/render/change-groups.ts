/**
 * A plan's changes as they are shown: nodes that go the same way on one line, and mounts that
 * change alike in one block, so that a thousand mounts can be reviewed. Drops nothing but
 * what stays as it is.
 */
import { diffArrays } from 'diff'
import type { Change } from '../documents/plan.generated.ts'
import { count } from '../domain/count.ts'
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
    const fields = options.detail ? changedFields(change) : gatherNodes(changedFields(change))
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

function changedFields({ fields }: Change): ChangedField[] {
  return fields.filter(({ from, to }) => from !== to)
}

const ON_A_NODE = /^(.+) on (\S+:\/\/\S+)$/

/** `running on <node>` of each node becomes `running … on 3 nodes` where all go the same way. */
function gatherNodes(fields: readonly ChangedField[]): ChangedField[] {
  const gathered = new Map<string, { field: ChangedField; alike: number; whole: boolean }>()
  const nameOf = (field: ChangedField): string => ON_A_NODE.exec(field.name)?.[1] ?? field.name
  for (const field of fields) {
    const same = gathered.get(nameOf(field))
    if (same === undefined) gathered.set(nameOf(field), { field, alike: 1, whole: true })
    else {
      same.alike += 1
      same.whole &&= same.field.from === field.from && same.field.to === field.to
    }
  }
  return fields.flatMap((field) => {
    const same = gathered.get(nameOf(field))
    if (same === undefined || same.alike === 1 || !same.whole) return [field]
    if (same.field !== field) return []
    const { from, to } = field
    return [{ name: nameOf(field), from, to, scope: `on ${count(same.alike, 'node')}` }]
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
