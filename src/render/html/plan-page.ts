/**
 * Plans as one page: for each cluster the verdict, what blocks, waivers and warnings, mounts ×
 * nodes, what runs where it is applied, the rollout, the diff, and how to apply exactly this plan.
 */
import { blockingFindings } from '../../documents/blocking.ts'
import { sawEverything } from '../../documents/unseen-nodes.ts'
import type { Plan } from '../../documents/plan.generated.ts'
import { count } from '../../domain/count.ts'
import { type NodeNames, nameNodes } from '../node-names.ts'
import {
  answerOfApply,
  findMachineUses,
  findWaivers,
  type ReviewedPlan,
  sortFindings,
  WHY_NOT_APPLIED,
} from '../plan-review.ts'
import { summarizePlan } from '../plan-summary.ts'
import { describeVerdict } from '../plan-verdict.ts'
import { describeRehearsal } from '../rehearsal-text.ts'
import { productName } from '../wording.ts'
import { comparedList } from './compared.ts'
import { diffList } from './diff.ts'
import { type Explanations, findingList, type FindingView, waiverList } from './findings.ts'
import { html, type Html, NOTHING } from './html.ts'
import { mountTable } from './mount-table.ts'
import { dataList, hashes, machineList } from './plan-lists.ts'
import { renderPage } from './page.ts'
import {
  badge,
  copied,
  type Figure,
  figureIfAny,
  fold,
  hero,
  type Level,
  name,
  nodeList,
  prose,
  section,
  type Tone,
} from './parts.ts'
import { everyStep, rollout } from './rollout.ts'

export interface PlanPageOptions {
  /** Of this program. */
  readonly version: string
  /** RFC 3339: when a plan was made that does not say it. */
  readonly now: string
  /** Of the files. Absent: not known. */
  readonly commit?: string
  /** Of the rules, by name. */
  readonly explanations: Explanations
}

/** At least one plan. Ends with a newline. */
export function renderPlanPage(
  reviewed: readonly ReviewedPlan[],
  options: PlanPageOptions,
): string {
  const isOne = reviewed.length === 1
  const clusters = reviewed.map(({ plan }) => plan.cluster.name).join(', ')
  const title = isOne
    ? `${clusters}: ${reviewed.map(({ plan }) => describeVerdict(plan)).join('')}`
    : clusters
  const parts = reviewed.map((one, at) => clusterPart(one, { ...options, at, isOne }))
  return renderPage({
    title: `${title} · lockstep plan`,
    kind: isOne ? 'plan' : `plans for ${count(reviewed.length, 'cluster')}`,
    main: isOne ? html`${parts}` : html`${overview(reviewed)}${parts}`,
    version: options.version,
  })
}

/** What each cluster comes to, with the way to its part. */
function overview(reviewed: readonly ReviewedPlan[]): Html {
  const rows = reviewed.map((one, at) => {
    const { tone, label } = stateOf(one)
    return html`<li>
      ${badge(tone, label)} <a href="#cluster-${at + 1}">${one.plan.cluster.name}</a>
      <span>${describeVerdict(one.plan)}</span>
    </li> `
  })
  return html`<div class="hero quiet overview">
    <h1>Plans for ${count(reviewed.length, 'cluster')}</h1>
    <ul class="clusters">
      ${rows}
    </ul>
  </div> `
}

interface ClusterOptions extends PlanPageOptions {
  readonly at: number
  readonly isOne: boolean
}

function clusterPart(reviewed: ReviewedPlan, options: ClusterOptions): Html {
  const { plan, isEdited } = reviewed
  const nodes = nameNodes(plan.cluster.nodes)
  const prefix = `cluster-${options.at + 1}`
  const { tone, label } = stateOf(reviewed)
  const { cluster } = plan
  return html`<article class="cluster" aria-labelledby="${prefix}">
    ${isEdited ? editedNote() : NOTHING}${hero({
      id: prefix,
      level: options.isOne ? 1 : 2,
      tone,
      label,
      about: html`Cluster <strong>${cluster.name}</strong>, ${productName(cluster.product)}
        ${cluster.server_version}`,
      verdict: describeVerdict(plan),
      summary: html`${[summaryOf(plan), describeRehearsal(plan)].filter((one) => one !== '').join(' ')}`,
      facts: factsOf(plan),
    })}${nodeList(cluster.nodes, nodes)}${sections(plan, nodes, { ...options, prefix })}${applyBox(reviewed, { ...options, prefix })}
  </article> `
}

function editedNote(): Html {
  return html`<div class="alert bad" role="note">
    <strong>EDITED.</strong> This plan was changed after it was made. Do not approve it.
    <code>lockstep apply</code> refuses it. Plan again.
  </div> `
}

/** A plan without steps has it as its verdict. */
function summaryOf(plan: Plan): string {
  return plan.steps.length === 0 ? '' : summarizePlan(plan)
}

function stateOf({ plan, isEdited }: ReviewedPlan): {
  readonly tone: Tone
  readonly label: string
} {
  if (isEdited) return { tone: 'bad', label: 'Edited' }
  if (blockingFindings(plan.findings).length > 0) return { tone: 'bad', label: 'Blocked' }
  if (plan.steps.length > 0) return { tone: 'info', label: 'Changes' }
  return sawEverything(plan)
    ? { tone: 'good', label: 'In sync' }
    : { tone: 'warn', label: 'Not known' }
}

function factsOf(plan: Plan): Figure[] {
  if (plan.steps.length === 0) return []
  const { steps, changes, cluster, rehearsal, findings } = plan
  const mounts = changes.filter(({ kind }) => kind === 'mount').length
  const nodes = new Set(steps.flatMap(({ action }) => ('node' in action ? action.node : [])))
  const { blocking, warnings } = sortFindings(findings)
  const waivers = findings.filter(({ allowed }) => allowed !== undefined).length
  return [
    { name: 'Mounts', value: String(mounts) },
    { name: 'Nodes', value: html`${nodes.size} <small>of ${cluster.nodes.length}</small>` },
    { name: 'Steps', value: String(steps.length) },
    ...(rehearsal === null
      ? []
      : [
          {
            name: 'Safe stops',
            value: html`${rehearsal.safe} <small>of ${rehearsal.stopping_points}</small>`,
            tone:
              rehearsal.safe === rehearsal.stopping_points ? ('good' as const) : ('bad' as const),
          },
        ]),
    ...figureIfAny('Blocking', blocking.length, 'bad'),
    ...figureIfAny('Waivers', waivers, 'warn'),
    ...figureIfAny('Warnings', warnings.length, 'warn'),
  ]
}

interface SectionOptions extends ClusterOptions {
  readonly prefix: string
}

function sections(plan: Plan, nodes: NodeNames, options: SectionOptions): Html {
  const level = levelOf(options)
  const view: FindingView = { nodes, explanations: options.explanations }
  const { blocking, warnings, notes } = sortFindings(plan.findings)
  const waivers = findWaivers(plan)
  const uses = findMachineUses(plan)
  const some = (id: string, title: string, body: Html, tone?: Tone): Html =>
    String(body) === ''
      ? NOTHING
      : section(level, {
          id: `${options.prefix}-${id}`,
          title: ofCluster(title, plan, options),
          body,
          ...(tone !== undefined && { tone }),
        })
  const found = (list: readonly unknown[], draw: () => Html): Html =>
    list.length === 0 ? NOTHING : draw()
  return html`${some(
    'blocked',
    'Blocked by',
    found(blocking, () => findingList(blocking, view)),
    'bad',
  )}${some(
    'waivers',
    'Waivers',
    found([...waivers.used, ...waivers.unused], () => waiverList(waivers, view)),
    'warn',
  )}${some('data', 'Data compatibility, declared in the desired state', dataList(plan))}${some(
    'warnings',
    'Warnings',
    found(warnings, () => findingList(warnings, view)),
    'warn',
  )}${some('mounts', 'Mounts and nodes, before and after', mountTable(plan, nodes))}${some(
    'machine',
    'Runs on, and takes from, the machine that applies',
    found(uses, () => machineList(uses)),
  )}${some('rollout', 'Rollout', rollout(plan, nodes))}${some('compared', 'Compared', comparedList(plan))}${some('diff', 'Changes', diffList(plan, nodes))}${some(
    'more',
    'More',
    html`${found(notes, () => fold(count(notes.length, 'note'), findingList(notes, view)))}${everyStep(plan, nodes)}${hashes(plan)}`,
  )}`
}

/** If a page has several clusters, a screen reader names the cluster with each heading. */
function ofCluster(title: string, { cluster }: Plan, { isOne }: ClusterOptions): Html {
  return isOne ? html`${title}` : html`${title}<span class="hidden"> of ${cluster.name}</span>`
}

function levelOf({ isOne }: ClusterOptions): Level {
  return isOne ? 2 : 3
}

function applyBox(reviewed: ReviewedPlan, options: SectionOptions): Html {
  const { plan, apply, expiresAt } = reviewed
  const { prefix, now, commit } = options
  const answer = answerOfApply(reviewed, now)
  const how =
    answer === 'applies'
      ? html`<p>To apply exactly this plan:</p>
          ${copied([`${apply} --expect ${plan.plan_id}`])}`
      : html`<p>${prose(WHY_NOT_APPLIED[answer], nameNodes(plan.cluster.nodes))}</p>`
  const facts: Figure[] = [
    { name: 'Plan', value: name(plan.plan_id) },
    { name: 'Made', value: plan.created_at ?? now },
    ...(expiresAt === undefined
      ? []
      : [{ name: answer === 'expired' ? 'Expired' : 'Expires', value: expiresAt }]),
    ...(commit === undefined ? [] : [{ name: 'Commit', value: name(commit) }]),
  ]
  return section(levelOf(options), {
    id: `${prefix}-apply`,
    title: ofCluster('Apply', plan, options),
    body: html`${how}
      <dl class="origin">
        ${facts.map(
          ({ name: title, value }) =>
            html`<div>
              <dt>${title}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>`,
  })
}
