/** A run as one page, from its journal: how it ended, when each step ran and what came of it. */
import type { HistoryRun } from '../../documents/history.generated.ts'
import type { JournalEvent, RunEnded } from '../../documents/journal.generated.ts'
import { count } from '../../domain/count.ts'
import { type NodeNames, nameNodes } from '../node-names.ts'
import { findRunLabels } from './binary-labels.ts'
import { html, type Html, NOTHING } from './html.ts'
import { changeTable } from './mount-table.ts'
import { renderPage } from './page.ts'
import {
  copied,
  figureIfAny,
  type Figure,
  foldRest,
  hero,
  name,
  prose,
  section,
  type Tone,
} from './parts.ts'
import { mountsOfRun, type RunStory, tellRun } from './run-story.ts'
import { formatDuration, runTimeline, spanOf } from './run-timeline.ts'

export interface RunPageOptions {
  /** Of this program. */
  readonly version: string
}

const ITEMS_SHOWN = 40

/** Ends with a newline. */
export function renderRunPage(
  run: Pick<HistoryRun, 'name' | 'events'> & { readonly under_way: boolean },
  { version }: RunPageOptions,
): string {
  const story = tellRun(run.events)
  const nodes = nameNodes(story.nodes.map((address) => ({ address })))
  const state = stateOf(story, run.under_way)
  const cluster = story.started?.cluster.name ?? 'unknown cluster'
  return renderPage({
    title: `${cluster}: ${state.verdict} · lockstep run ${run.name}`,
    kind: 'run',
    main: html`${hero({
      id: 'verdict',
      level: 1,
      tone: state.tone,
      label: state.label,
      about: html`Cluster <strong>${cluster}</strong>, run <strong>${run.name}</strong>`,
      verdict: state.verdict,
      summary: summaryOf(story),
      facts: factsOf(story, run.events),
    })}${failureSection(story, nodes)}${attentionSection(story.ended, nodes)}${mountSection(
      run.events,
      story,
      nodes,
    )}${timelineSection(story, nodes)}${notBegun(story.ended, nodes)}${nextSection(run.name, story, run.under_way)}${originSection(story)}`,
    version,
  })
}

interface State {
  readonly tone: Tone
  readonly label: string
  readonly verdict: string
}

function stateOf({ ended, started, rows }: RunStory, isUnderWay: boolean): State {
  const all = started === undefined ? '?' : String(started.steps)
  const done = ended?.done.length ?? rows.filter(({ result }) => result === 'done').length
  const steps = `${done} of ${all} steps done`
  switch (ended?.outcome) {
    case 'done':
      return { tone: 'good', label: 'Done', verdict: `${steps} and checked` }
    case 'rolled_back':
      return {
        tone: 'warn',
        label: 'Rolled back',
        verdict: `A step failed and was rolled back; ${steps}`,
      }
    case 'rollback_failed':
      return {
        ...{ tone: 'bad', label: 'Rollback failed' },
        verdict: `A step failed and was NOT rolled back; ${steps}`,
      }
    case 'stale':
      return { tone: 'warn', label: 'Stale', verdict: `The cluster was not as planned; ${steps}` }
    case 'interrupted':
      return { tone: 'warn', label: 'Interrupted', verdict: `Interrupted; ${steps}` }
    case 'stopped':
      return {
        ...{ tone: 'bad', label: 'Stopped' },
        verdict:
          ended.between === true
            ? `Stopped between two versions; ${steps}`
            : `Stopped by an error; ${steps}`,
      }
    case undefined:
      return isUnderWay
        ? { tone: 'info', label: 'Under way', verdict: `Under way; ${steps}` }
        : { tone: 'bad', label: 'Not ended', verdict: `The run was killed; ${steps}` }
  }
}

function summaryOf({ started, ended }: RunStory): Html {
  const back = started?.back_to
  return html`${started === undefined ? 'The journal does not say when it began' : `Started ${started.at}`}${ended === undefined ? '' : `, ended ${ended.at}`}.${back === undefined ? '' : ` It rolled back to where run ${back} began.`}`
}

function factsOf({ rows, ended, started }: RunStory, events: readonly JournalEvent[]): Figure[] {
  const span = spanOf(events)
  const failed = rows.filter(({ result }) => result === 'failed' || result === 'undo_failed').length
  return [
    ...(span === undefined ? [] : [{ name: 'Took', value: formatDuration(span.length) }]),
    ...(started === undefined ? [] : [{ name: 'Steps', value: String(started.steps) }]),
    ...figureIfAny('Failed', failed, 'bad'),
    ...figureIfAny('Rolled back', ended?.rolled_back.length ?? 0, 'warn'),
    ...figureIfAny('Not rolled back', ended?.not_rolled_back?.length ?? 0, 'bad'),
    ...figureIfAny('Not begun', ended?.remaining.length ?? 0, 'quiet'),
  ]
}

function failureSection({ rows, ended }: RunStory, nodes: NodeNames): Html {
  const failed = rows.filter(({ kind, result }) => kind === 'step' && result === 'failed')
  const told = new Set(failed.map(({ reason }) => reason))
  const other = ended?.reason !== undefined && !told.has(ended.reason) ? ended.reason : undefined
  if (failed.length === 0 && other === undefined) return NOTHING
  return section(2, {
    id: 'failure',
    title: 'Why it did not get to its end',
    tone: 'bad',
    body: html`${failed.map(
      ({ what, reason = '' }) =>
        html`<p><strong>Failed:</strong> ${nodes.within(what)}</p>
          <p>${prose(reason, nodes)}</p> `,
    )}${other === undefined ? NOTHING : html`<p>${prose(other, nodes)}</p>`}`,
  })
}

/** What needs a person. */
function attentionSection(ended: RunEnded | undefined, nodes: NodeNames): Html {
  const {
    mounts_not_rolled_back: mounts = [],
    read_only = [],
    problems,
    away = [],
    unchecked = [],
  } = ended ?? {}
  const items: Html[] = [
    ...(problems === undefined
      ? []
      : [html`<li>Not rolled back, because: ${prose(problems, nodes)}</li>`]),
    ...mounts.map(
      ({ mount, node, file, found }) =>
        html`<li>
          ${name(mount)} on ${name(nodes.of(node))} must run ${name(file)} again. Found:
          ${prose(found, nodes)}
        </li>`,
    ),
    ...unchecked.map(
      (step) => html`<li>The result of ${name(nodes.within(step))} is unknown.</li>`,
    ),
    ...read_only.map(
      ({ mount, node }) =>
        html`<li>
          ${name(mount)} cannot be written to on ${name(nodes.of(node))} until the node steps down
          or restarts.
        </li>`,
    ),
    ...away.map(
      ({ node, why }) =>
        html`<li>
          ${name(nodes.of(node))} could not be reached at the end: ${prose(why, nodes)}
        </li>`,
    ),
  ]
  if (items.length === 0) return NOTHING
  return section(2, {
    id: 'attention',
    title: 'Needs your attention',
    tone: 'bad',
    body: itemList(items, 'item'),
  })
}

function mountSection(
  events: readonly JournalEvent[],
  { started, rows, nodes: addresses }: RunStory,
  nodes: NodeNames,
): Html {
  const changes = mountsOfRun(events)
  if (changes.length === 0 || rows.length === 0) return NOTHING
  const pluginOf = new Map(
    (started?.before.mounts ?? []).map(({ mount, plugin }) => [mount as string, plugin as string]),
  )
  return section(2, {
    id: 'mounts',
    title: 'Mounts and nodes, before and after',
    body: changeTable(changes, {
      columns: addresses.map((address) => ({ address, role: 'unknown', isSeen: false })),
      nodes,
      labels: findRunLabels(events),
      pluginOf,
    }),
  })
}

function timelineSection(story: RunStory, nodes: NodeNames): Html {
  if (story.rows.length === 0) return NOTHING
  return section(2, { id: 'timeline', title: 'Timeline', body: runTimeline(story, nodes) })
}

function notBegun(ended: RunEnded | undefined, nodes: NodeNames): Html {
  const remaining = ended?.remaining ?? []
  if (remaining.length === 0) return NOTHING
  return section(2, {
    id: 'remaining',
    title: `Not begun: ${count(remaining.length, 'step')}`,
    body: itemList(
      remaining.map((step) => html`<li>${nodes.within(step)}</li>`),
      'step',
    ),
  })
}

function itemList(items: readonly Html[], noun: string): Html {
  return foldRest(items, {
    most: ITEMS_SHOWN,
    noun,
    draw: (shown) =>
      html`<ul class="plain">
        ${shown}
      </ul>`,
  })
}

function nextSection(run: string, { ended, started }: RunStory, isUnderWay: boolean): Html {
  if (isUnderWay && ended === undefined) return NOTHING
  const isDone = ended?.outcome === 'done' && ended.away === undefined
  const body = isDone
    ? html`<p>To roll this run back:</p>
        ${copied([`lockstep rollback ${run}`])}`
    : ended?.outcome === 'stale'
      ? html`<p>The cluster changed after the plan was made. Plan again:</p>
          ${copied(['lockstep plan'])}`
      : started?.saved_plan_id === undefined
        ? html`<p>Fix the cause, then resume:</p>
            ${copied(['lockstep apply'])}`
        : html`<p>Fix the cause, then resume: apply the same plan file again.</p>`
  return section(2, { id: 'next', title: 'Next', body })
}

function originSection({ started }: RunStory): Html {
  if (started === undefined) return NOTHING
  const { by, plan_id, saved_plan_id: saved, cluster } = started
  const facts: [string, Html][] = [
    ['By', html`${by}`],
    ['Plan', name(plan_id)],
    ...(saved === undefined ? [] : [['Approved plan', name(saved)] as [string, Html]]),
    ['Cluster id', name(cluster.id)],
    ...(cluster.lock === undefined ? [] : [['Lock', name(cluster.lock)] as [string, Html]]),
    ...(cluster.journal === undefined
      ? []
      : [['Shared journal', name(cluster.journal)] as [string, Html]]),
  ]
  return section(2, {
    id: 'origin',
    title: 'Origin',
    body: html`<dl class="origin">
      ${facts.map(
        ([title, value]) =>
          html`<div>
            <dt>${title}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`,
  })
}
