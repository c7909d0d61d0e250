/** Drift as one page: the verdict, what differs on which nodes and why, and what could not be read. */
import type { Difference, DriftReport } from '../../documents/drift.generated.ts'
import { count } from '../../domain/count.ts'
import { byPlugin, type DriftBlock, joinAlike, nounOf } from '../drift-blocks.ts'
import { summarizeDrift } from '../drift-text.ts'
import { type NodeNames, nameNodes } from '../node-names.ts'
import { productName, shortenHashes } from '../wording.ts'
import { driftOverview, sectionId } from './drift-overview.ts'
import { explain, type Explanations, type FindingView, TONES } from './findings.ts'
import { html, type Html, NOTHING } from './html.ts'
import { renderPage } from './page.ts'
import {
  badge,
  fold,
  foldRest,
  hero,
  name,
  names,
  nodeList,
  prose,
  section,
  type Tone,
} from './parts.ts'

export interface DriftPageOptions {
  /** Of this program. */
  readonly version: string
  readonly explanations: Explanations
  /** What the reader must know first, such as that a later check failed. */
  readonly notice?: string
}

/** So many blocks of a plugin are in sight. */
const BLOCKS_SHOWN = 40

/** So many subjects and places of a block are in sight. */
const NAMES_SHOWN = 3

/** Ends with a newline. */
export function renderDriftPage(report: DriftReport, options: DriftPageOptions): string {
  const { cluster, differences, unconfirmed, unreadable } = report
  const nodes = nameNodes(cluster.nodes)
  const view: FindingView = { nodes, explanations: options.explanations }
  const verdict = summarizeDrift(report)
  const { tone, label } = stateOf(report)
  const groups = byPlugin(differences)
  const mounts = new Set(differences.flatMap(({ mount }) => mount ?? []))
  const on = new Set(differences.flatMap(({ node }) => node ?? []))
  return renderPage({
    title: `${cluster.name}: ${verdict} · lockstep drift`,
    kind: 'drift',
    main: html`${noticeSection(options)}${hero({
      id: 'verdict',
      level: 1,
      tone,
      label,
      about: html`Cluster <strong>${cluster.name}</strong>, ${productName(cluster.product)}
        ${cluster.server_version}`,
      verdict: verdict.replace(/\.$/, ''),
      summary: html`Read ${report.checked_at}`,
      facts:
        differences.length + unreadable.length === 0
          ? []
          : [
              { name: 'Differences', value: String(differences.length) },
              { name: 'Mounts', value: String(mounts.size) },
              ...(on.size === 0
                ? []
                : [
                    {
                      name: 'Nodes',
                      value: html`${on.size} <small>of ${cluster.nodes.length}</small>`,
                    },
                  ]),
              ...(unreadable.length === 0
                ? []
                : [{ name: 'Not read', value: String(unreadable.length), tone: 'warn' as const }]),
            ],
    })}${nodeList(cluster.nodes, nodes)}${driftOverview(groups)}${groups.map(
      ([plugin, group], at) =>
        section(2, {
          id: sectionId(at),
          title: name(plugin),
          body: differenceList(group, view),
          tone: 'bad',
        }),
    )}${unsureSection(
      {
        id: 'unconfirmed',
        title: 'Not confirmed: not in every reading, or read while a run was under way',
        differences: unconfirmed,
      },
      view,
    )}${unsureSection(
      { id: 'unreadable', title: 'Could not be read, and may differ', differences: unreadable },
      view,
    )}${ignoredSection(report, nodes)}${unusedSection(report)}${unmanagedSection(report)}${classesSection(report, view)}`,
    version: options.version,
  })
}

function noticeSection({ notice }: DriftPageOptions): Html {
  if (notice === undefined) return NOTHING
  return section(2, {
    id: 'notice',
    title: 'This may not be what the cluster runs now',
    body: html`<p>${notice}</p>`,
    tone: 'warn',
  })
}

function stateOf({ in_sync, differences }: DriftReport): {
  readonly tone: Tone
  readonly label: string
} {
  if (in_sync) return { tone: 'good', label: 'In sync' }
  return differences.length > 0
    ? { tone: 'bad', label: 'Drift' }
    : { tone: 'warn', label: 'Not known' }
}

function differenceList(differences: readonly Difference[], view: FindingView): Html {
  const blocks = joinAlike(differences, { apart: 1 })
  return foldRest(
    blocks.map((block) => differenceRow(block, view)),
    {
      most: BLOCKS_SHOWN,
      noun: 'difference',
      draw: (rows) =>
        html`<table class="drift stack">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Found</th>
              <th scope="col">Desired</th>
              <th scope="col">On</th>
            </tr>
          </thead>
          ${rows}
        </table> `,
    },
  )
}

function differenceRow({ one, subjects, places, nodes: on }: DriftBlock, view: FindingView): Html {
  const { nodes } = view
  const [first = ''] = subjects
  const subject =
    subjects.length <= NAMES_SHOWN
      ? names(subjects.map(nodes.of))
      : fold(
          html`<strong>${count(subjects.length, nounOf(one))}</strong> ${name(nodes.of(first))} …
            ${name(nodes.of(subjects.at(-1) ?? ''))}`,
          html`<p>${names(subjects.map(nodes.of))}</p>`,
        )
  const value = (text: string): string => shortenHashes(nodes.within(text))
  const isNode = on.length === 1 && on[0] === one.subject
  const place = isNode ? 'this node' : 'the cluster'
  return html`<tbody>
    <tr>
      <th scope="row">
        ${subject}
        <div>${badge(TONES[one.severity], one.class)}</div>
      </th>
      <td data-label="Found"><del>${value(one.found)}</del></td>
      <td data-label="Desired"><ins>${value(one.desired)}</ins></td>
      <td data-label="On">
        <div>
          ${on.length === 0 || isNode ? html`<span class="muted">${place}</span>` : names(on.map(nodes.of))}
        </div>
      </td>
    </tr>
    <tr class="why">
      <td colspan="4">
        <p><strong>Cause:</strong> ${prose(one.cause, nodes)}</p>
        <p><strong>Fix:</strong> ${prose(one.fix, nodes)}</p>
        ${placeList(places)}
      </td>
    </tr>
  </tbody> `
}

function placeList(places: readonly string[]): Html {
  if (places.length === 0) return NOTHING
  return places.length <= NAMES_SHOWN
    ? html`<p class="muted">At ${names(places)}</p>`
    : fold(`At ${count(places.length, 'place')} of the files`, html`<p>${names(places)}</p>`)
}

/** What the classes of this page mean, each once. */
function classesSection(
  { differences, unconfirmed, unreadable }: DriftReport,
  view: FindingView,
): Html {
  const classes = [
    ...new Set([...differences, ...unconfirmed, ...unreadable].map((one) => one.class)),
  ].sort()
  if (classes.length === 0) return NOTHING
  return section(2, {
    id: 'classes',
    title: 'What the differences mean',
    body: html`${classes.map((one) => explain(one, view))}`,
  })
}

function unsureSection({ id, title, differences }: UnsureDifferences, view: FindingView): Html {
  if (differences.length === 0) return NOTHING
  return section(2, { id, title, body: differenceList(differences, view), tone: 'warn' })
}

interface UnsureDifferences {
  readonly id: string
  readonly title: string
  readonly differences: readonly Difference[]
}

function ignoredSection({ ignored }: DriftReport, nodes: NodeNames): Html {
  if (ignored.length === 0) return NOTHING
  const items = ignored.map(
    ({ class: kind, subject, node, because, until }) =>
      html`<li>
        ${badge('quiet', kind)}
        ${name(nodes.of(subject))}${node === undefined || node === subject ? NOTHING : html` on ${name(nodes.of(node))}`}:
        ${prose(because, nodes)}${until === undefined ? NOTHING : html` <span class="muted">until ${until}</span>`}
      </li> `,
  )
  return section(2, {
    id: 'ignored',
    title: 'Ignored by the files',
    body: listOf(items, 'ignored difference'),
  })
}

function unusedSection({ unused_ignores }: DriftReport): Html {
  if (unused_ignores.length === 0) return NOTHING
  const items = unused_ignores.map(
    ({ class: kind, subject, until, is, at }) =>
      html`<li>
        ${badge('warn', kind)} ${name(subject)}:
        ${is === 'expired' ? `expired on ${until ?? ''}` : 'matches no difference'}
        <span class="muted">at ${name(at)}</span>
      </li> `,
  )
  return section(2, {
    id: 'unused',
    title: 'Unused ignore: remove it from the file, or set a later day',
    body: listOf(items, 'unused ignore'),
    tone: 'warn',
  })
}

function unmanagedSection({ unmanaged }: DriftReport): Html {
  if (unmanaged.length === 0) return NOTHING
  const items = byPlugin(unmanaged).map(
    ([plugin, group]) =>
      html`<li>
        ${name(plugin)}: ${names(group.map(({ subject }) => subject.replace(`${plugin} `, '')))}
      </li> `,
  )
  return section(2, {
    id: 'unmanaged',
    title: 'Not named in the files, and left alone',
    body: listOf(items, 'plugin'),
  })
}

function listOf(items: readonly Html[], noun: string): Html {
  return foldRest(items, {
    most: BLOCKS_SHOWN,
    noun,
    draw: (shown) =>
      html`<ul class="plain">
        ${shown}
      </ul>`,
  })
}
