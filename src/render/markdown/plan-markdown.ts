/**
 * Renders plans as a comment on a pull request: for each cluster a verdict, what blocks, what was
 * waived, what changes, what runs and how to apply it. The rest is folded. The first line is a
 * hidden marker by which the comment of the same clusters is found again.
 */
import { LockstepError } from '../../domain/errors.ts'
import { printable } from '../../domain/printable.ts'
import { nameNodes } from '../node-names.ts'
import { summarizePlan } from '../plan-summary.ts'
import { answerOfApply, type ReviewedPlan, WHY_NOT_APPLIED } from '../plan-review.ts'
import { describeVerdict } from '../plan-verdict.ts'
import { describeRehearsal } from '../rehearsal-text.ts'
import { describeNodeState, productName } from '../wording.ts'
import { fitParts, type Section } from './fit-parts.ts'
import { clip, code, codeBlock, prose } from './markdown-text.ts'
import { LONGEST_NAME, planParts } from './plan-parts.ts'

export interface CommentOptions {
  /** In bytes of UTF-8, the final newline not counted. */
  readonly limit: number
  /** The version of this program. */
  readonly version: string
  /** RFC 3339: the time for plans that do not say when they were made. */
  readonly now: string
  /** The commit of the files. Absent: unknown. */
  readonly commit?: string
}

/**
 * Ends without a newline. Throws a LockstepError if two plans are for one cluster, or if the limit
 * is too small even for what is never left out.
 */
export function renderPlansMarkdown(
  reviewed: readonly ReviewedPlan[],
  options: CommentOptions,
): string {
  refuseSameCluster(reviewed)
  const top = [marker(reviewed), ...editedNote(reviewed)].join('\n\n')
  const around = Buffer.byteLength(top) + 2
  const sections = reviewed.map((plan) => planSection(plan, options))
  const body = fitParts(sections, options.limit - around)
  if (body.kind === 'fits') return `${top}\n\n${body.text}`
  const [these, hint] =
    reviewed.length === 1
      ? ['this plan', 'Raise the limit.']
      : ['these plans', 'Raise the limit, or make one comment for each cluster.']
  throw new LockstepError({
    code: 'limit-too-small',
    message: `--markdown-limit ${options.limit} is too small: the shortest comment for ${these} takes ${body.shortest + around} bytes`,
    hint,
  })
}

function refuseSameCluster(reviewed: readonly ReviewedPlan[]): void {
  const seen = new Set<string>()
  for (const { plan } of reviewed) {
    const { id, name } = plan.cluster
    if (seen.has(id)) {
      throw new LockstepError({
        code: 'same-cluster',
        message: `two of the plans are for the same cluster, ${name} (${id})`,
        hint: 'Show one plan for each cluster.',
      })
    }
    seen.add(id)
  }
}

/**
 * `<!-- lockstep:plan prod-eu/6a1f2c52-… -->`. Characters that could end the HTML comment are
 * percent-encoded.
 */
function marker(reviewed: readonly ReviewedPlan[]): string {
  const encode = (text: string): string =>
    clip(text, LONGEST_NAME).replace(/[^A-Za-z0-9._]/gu, (character) =>
      character === '-' ? '-' : [...Buffer.from(character)].map(percent).join(''),
    )
  const clusters = reviewed.map(
    ({ plan: { cluster } }) => `${encode(cluster.name)}/${encode(cluster.id)}`,
  )
  return `<!-- lockstep:plan ${clusters.sort().join(' ').replaceAll('--', '-%2D')} -->`
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

function editedNote(reviewed: readonly ReviewedPlan[]): string[] {
  const edited = reviewed.filter(({ isEdited }) => isEdited)
  if (edited.length === 0) return []
  const clusters = edited.map(({ plan }) => code(clip(plan.cluster.name, LONGEST_NAME)))
  return [
    `**EDITED: the plan of ${clusters.join(', ')} was changed after it was made. Do not approve it. \`lockstep apply\` refuses it. Plan again.**`,
  ]
}

function planSection(reviewed: ReviewedPlan, options: CommentOptions): Section {
  const { plan, seeAll } = reviewed
  const { cluster } = plan
  const name = (text: string): string => code(clip(text, LONGEST_NAME))
  const server = `${productName(cluster.product)} ${name(cluster.server_version)}`
  const names = nameNodes(cluster.nodes)
  const nodes = cluster.nodes.slice(0, MOST_NODES).map(({ address, role, state }) => {
    const away = describeNodeState(state)
    return `${name(names.of(address))} ${away === '' || state === 'forwarding' ? `(${role})` : away}`
  })
  const more = cluster.nodes.length - nodes.length
  const summary = plan.steps.length === 0 ? '' : prose(summarizePlan(plan))
  return {
    head: [
      `## ${name(cluster.name)} (${server}): ${prose(lowerFirst(describeVerdict(plan)))}`,
      [
        summary,
        describeRehearsal(plan),
        `Nodes: ${nodes.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
        cluster.lock === undefined ? '' : `The run takes the lock in ${name(cluster.lock)}.`,
        cluster.journal === undefined
          ? ''
          : `The run is recorded for all machines below ${name(cluster.journal)}.`,
      ]
        .filter((sentence) => sentence !== '')
        .join(' '),
    ].join('\n\n'),
    foot: footer(reviewed, options),
    parts: planParts(plan),
    seeAll: code(seeAll),
  }
}

/** The nodes that the head names. The full lists name all of them. */
const MOST_NODES = 9

function footer(reviewed: ReviewedPlan, options: CommentOptions): string {
  const { plan, apply, expiresAt } = reviewed
  const { version, now, commit } = options
  const answer = answerOfApply(reviewed, now)
  const facts = [
    `Plan ${code(plan.plan_id)}`,
    `made ${code(clip(plan.created_at ?? now, LONGEST_NAME))}`,
    ...(expiresAt === undefined
      ? []
      : [`${answer === 'expired' ? 'expired' : 'expires'} ${code(expiresAt)}`]),
    ...(commit === undefined ? [] : [`commit ${code(commit)}`]),
    `shown by lockstep ${code(version)}`,
  ].join(', ')
  const how =
    answer === 'applies'
      ? `To apply exactly this plan:\n\n${codeBlock('sh', [printable(`${apply} --expect ${plan.plan_id}`)])}`
      : WHY_NOT_APPLIED[answer]
  return `${how}\n\n${facts}.`
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
