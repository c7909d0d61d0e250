/** The plugins that differ, in one table: the way to them on a page with many differences. */
import type { Difference } from '../../documents/drift.generated.ts'
import { count } from '../../domain/count.ts'
import { groupBy } from '../../domain/group-by.ts'
import { compareText } from '../../domain/names.ts'
import { html, type Html, join, NOTHING } from './html.ts'
import { badge, name, section } from './parts.ts'

/** The id of the section of a plugin, by its place in the groups. */
export function sectionId(at: number): string {
  return `plugin-${at + 1}`
}

/** Up to this many plugins are seen at a glance without it. */
const PLUGINS_WITHOUT_OVERVIEW = 4

/** How many differences of which class each plugin has, with a link to them. */
export function driftOverview(groups: readonly (readonly [string, readonly Difference[]])[]): Html {
  if (groups.length <= PLUGINS_WITHOUT_OVERVIEW) return NOTHING
  const rows = groups.map(([plugin, group], at) => {
    const byClass = [...groupBy(group, (one) => one.class)].sort(([a], [b]) => compareText(a, b))
    const classes = byClass.map(([kind, some]) => {
      const isError = some.some(({ severity }) => severity === 'error')
      return badge(isError ? 'bad' : 'warn', `${some.length} ${kind}`)
    })
    const mounts = new Set(group.flatMap(({ mount }) => mount ?? []))
    return html`<tr>
      <th scope="row"><a href="#${sectionId(at)}">${name(plugin)}</a></th>
      <td data-label="Mounts">${mounts.size}</td>
      <td data-label="Differences"><div>${join(classes, ' ')}</div></td>
    </tr> `
  })
  return section(2, {
    id: 'overview',
    title: `${count(groups.length, 'plugin')} with differences`,
    body: html`<table class="overview stack">
      <thead>
        <tr>
          <th scope="col">Plugin</th>
          <th scope="col">Mounts</th>
          <th scope="col">Differences</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table> `,
  })
}
