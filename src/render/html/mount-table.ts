/**
 * Mounts × nodes: what each mount is configured for and what each node runs, before → after.
 * Mounts that change alike share a row.
 */
import type { Change, Plan } from '../../documents/plan.generated.ts'
import { onlyActiveRuns } from '../../documents/standbys.ts'
import { count } from '../../domain/count.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { NodeNames } from '../node-names.ts'
import { shortenHashes } from '../wording.ts'
import { type BinaryLabels, describeBinary, findBinaryLabels } from './binary-labels.ts'
import { html, type Html, join, NOTHING } from './html.ts'
import { fold, foldRest, name, names, transition } from './parts.ts'

/** Up to so many mounts that change alike have a row each. */
const ROWS_APART = 12
const ROWS_SHOWN = 60
/** More nodes than so many share one column. */
const MOST_COLUMNS = 5

export interface TableView {
  readonly columns: readonly {
    readonly address: string
    readonly role: string
    /** False: what the node runs is not known, unless the change says it. */
    readonly isSeen: boolean
  }[]
  readonly nodes: NodeNames
  readonly labels: BinaryLabels
  /** Of each mount and connection, as far as the document says it. */
  readonly pluginOf: ReadonlyMap<string, string>
}

/** Nothing if the plan changes no mount and no connection. */
export function mountTable(plan: Plan, nodes: NodeNames): Html {
  const table = changeTable(plan.changes, viewOf(plan, nodes))
  return String(table) === '' ? NOTHING : html`${table}${forwardingNote(plan, nodes)}`
}

/** The changes of mounts and connections; nothing if there are none. */
export function changeTable(changes: readonly Change[], view: TableView): Html {
  const pluginOf = (subject: string): string => view.pluginOf.get(subject) ?? ''
  const shown = changes.filter(({ kind }) => kind !== 'entry')
  if (shown.length === 0) return NOTHING
  const byPlugin = groupBy(shown, ({ subject }) => pluginOf(subject))
  const drawn = [...byPlugin].flatMap(([plugin, group]) =>
    alike(group).map(
      (row, at) => html`${at === 0 ? pluginRow(plugin, view) : NOTHING}${drawRow(row, view)}`,
    ),
  )
  return foldRest(drawn, {
    most: ROWS_SHOWN,
    noun: 'row',
    draw: (rows) => drawTable(rows, view),
  })
}

function viewOf(plan: Plan, nodes: NodeNames): TableView {
  const pluginOf = new Map<string, string>()
  for (const { action, requires, ensures } of plan.steps) {
    if (action.kind === 'enable') pluginOf.set(action.mount, action.plugin)
    for (const fact of [...requires, ...ensures]) {
      if (fact.fact === 'mount') pluginOf.set(fact.mount, fact.plugin)
      if (fact.fact === 'connection') pluginOf.set(fact.connection, fact.plugin)
    }
  }
  const columns = plan.cluster.nodes
    .filter(({ state }) => state !== 'forwarding')
    .map(({ address, role, state }) => ({ address, role, isSeen: state === 'serving' }))
  return { columns, nodes, labels: findBinaryLabels(plan), pluginOf }
}

interface Row {
  readonly change: Change
  readonly subjects: readonly string[]
}

/** In the order of the first of each. The reasons are in the diff, and may differ. */
function alike(changes: readonly Change[]): Row[] {
  const groups = groupBy(changes, ({ kind, action, fields }) =>
    JSON.stringify([kind, action, fields]),
  )
  return [...groups.values()].flatMap((group): Row[] => {
    const [change] = group
    if (change === undefined) return []
    return group.length <= ROWS_APART
      ? group.map((one) => ({ change: one, subjects: [one.subject] }))
      : [{ change, subjects: group.map(({ subject }) => subject) }]
  })
}

function drawTable(rows: readonly Html[], view: TableView): Html {
  const heads = nodeHeads(view).map((head) => html`<th scope="col">${head}</th>`)
  return html`<table class="mounts stack">
    <thead>
      <tr>
        <th scope="col">Mount</th>
        <th scope="col">Configured</th>
        ${heads}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table> `
}

function nodeHeads({ columns, nodes }: TableView): Html[] {
  if (columns.length > MOST_COLUMNS) return [html`Runs`]
  return columns.map(
    ({ address, role }) =>
      html`${nodes.of(address)}${role === 'active' ? html` <span class="muted">active</span>` : NOTHING}`,
  )
}

function pluginRow(plugin: string, { columns }: TableView): Html {
  if (plugin === '') return NOTHING
  const width = 2 + (columns.length > MOST_COLUMNS ? 1 : columns.length)
  return html`<tr class="group">
    <th scope="colgroup" colspan="${width}">${name(plugin)}</th>
  </tr> `
}

function drawRow({ change, subjects }: Row, view: TableView): Html {
  const { kind, action, fields } = change
  const [first = ''] = subjects
  const subject =
    subjects.length === 1
      ? name(first)
      : fold(
          html`<strong>${count(subjects.length, kind)}</strong> ${name(first)} …
            ${name(subjects.at(-1) ?? '')}`,
          html`<p>${names(subjects)}</p>`,
        )
  const versions = fields.filter((field) => /^version(?: |$)/.test(field.name))
  const configured = join(
    versions.map((field) => {
      const where = field.name.replace(/^version(?: on )?/, '')
      return html`<div>
        ${value(field, view.labels)}${where === '' ? NOTHING : html` <span class="muted">on ${view.nodes.of(where)}</span>`}
      </div>`
    }),
  )
  const isNew = action === 'add' ? html`<span class="muted">new</span>` : NOTHING
  return html`<tr>
    <th scope="row">${subject} ${isNew}</th>
    <td data-label="Configured"><div>${versions.length === 0 ? unchanged() : configured}</div></td>
    ${nodeCells(change, view)}
  </tr> `
}

function nodeCells(change: Change, view: TableView): Html {
  const { columns, nodes, labels } = view
  if (change.kind === 'connection') {
    const width = columns.length > MOST_COLUMNS ? 1 : columns.length
    return html`<td colspan="${width}" data-label="Nodes">
      <span class="muted">set for the whole cluster</span>
    </td>`
  }
  const running = change.fields.filter((field) => field.name === 'running')
  if (columns.length > MOST_COLUMNS) {
    const same = groupBy(running, (field) => JSON.stringify([field.from, field.to]))
    const groups = [...same.values()].map((fields) => {
      const [first] = fields
      if (first === undefined) return NOTHING
      const on = fields.flatMap(({ node }) => (node === undefined ? [] : nodes.of(node)))
      return html`<div>
        ${value(first, labels)}
        ${fold(`on ${count(fields.length, 'node')}`, html`<p>${names(on)}</p>`)}
      </div>`
    })
    return html`<td data-label="Runs"><div>${groups.length === 0 ? unchanged() : groups}</div></td>`
  }
  return join(
    columns.map(({ address, isSeen }) => {
      const field = running.find(({ node }) => node === address)
      const cell =
        field !== undefined
          ? value(field, labels)
          : !isSeen
            ? html`<span class="unknown">not known</span>`
            : change.action === 'add'
              ? html`<span class="muted">starts with the mount</span>`
              : unchanged()
      return html`<td data-label="${nodes.of(address)}"><div>${cell}</div></td>`
    }),
  )
}

function unchanged(): Html {
  return html`<span class="muted">unchanged</span>`
}

/** Two binaries of one version are shown by their hashes. */
function value(
  { from, to }: Pick<Change['fields'][number], 'from' | 'to'>,
  labels: BinaryLabels,
): Html {
  const shown = (one: string | null): string =>
    one === null ? 'none' : describeBinary(one, labels)
  if (from === to) return html`${shown(to)} <span class="muted">as before</span>`
  if (from === null) return html`<ins>${shown(to)}</ins>`
  const [before, after] = [shown(from), shown(to)]
  return before === after
    ? transition(shortenHashes(from), shortenHashes(to ?? after))
    : transition(before, after)
}

function forwardingNote({ cluster }: Plan, nodes: NodeNames): Html {
  const forwarding = cluster.nodes.filter(({ state }) => state === 'forwarding')
  if (forwarding.length === 0 || !onlyActiveRuns(cluster)) return NOTHING
  return html`<p class="muted">
    ${join(
      forwarding.map(({ address }) => html`${nodes.of(address)}`),
      ', ',
    )}:
    forwards to the active node, and runs no plugins.
  </p>`
}
