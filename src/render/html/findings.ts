/** Findings, waivers and their rules, each with its fix and what the rule is about. */
import type { Finding } from '../../documents/plan.generated.ts'
import type { FindingTree } from '../finding-tree.ts'
import type { NodeNames } from '../node-names.ts'
import { type Acceptance, namesBesideMessage, type Waivers } from '../plan-review.ts'
import { html, type Html, NOTHING } from './html.ts'
import { badge, copied, fold, foldRest, name, names, prose, type Tone } from './parts.ts'

/** What is known of a rule, or of a class of drift, by its name. */
export type Explanations = ReadonlyMap<string, { readonly title: string; readonly text: string }>

export interface FindingView {
  readonly nodes: NodeNames
  readonly explanations: Explanations
}

/** So many findings of one section are in sight. */
const FINDINGS_SHOWN = 20
/** So many names are in sight. */
const NAMES_SHOWN = 20

/** Of findings and of differences. */
export const TONES = { error: 'bad', warning: 'warn', note: 'info' } as const satisfies Record<
  Finding['severity'],
  Tone
>

/** With what follows from each below it. */
export function findingList(trees: readonly FindingTree[], view: FindingView): Html {
  return foldRest(
    trees.map((tree) => findingItem(tree, view)),
    {
      most: FINDINGS_SHOWN,
      noun: 'finding',
      draw: (items) =>
        html`<ul class="findings">
          ${items}
        </ul>`,
    },
  )
}

function findingItem({ finding, following }: FindingTree, view: FindingView): Html {
  const { fix, lines = [], severity } = finding
  return html`<li class="finding ${TONES[severity]}">
    ${findingText(finding, view)}
    <p class="fix"><strong>Fix:</strong> ${prose(fix, view.nodes)}</p>
    ${lines.length === 0 ? NOTHING : copied(lines)}${explain(finding.rule, view)}${
      following.length === 0
        ? NOTHING
        : html`<p class="muted">This also causes:</p>
            ${findingList(following, view)}`
    }
  </li> `
}

function findingText(finding: Finding, { nodes }: FindingView): Html {
  const { severity, rule, subject, message, mounts, at } = finding
  const isSeparate = namesBesideMessage(finding.nodes, finding).length > 0
  return html`<p class="finding-head">
      ${badge(TONES[severity], severity)} <strong>${nodes.of(subject)}</strong>
      <code class="rule">${rule}</code>
    </p>
    <p>${prose(message, nodes)}</p>
    ${namesLine('Mounts', namesBesideMessage(mounts, finding))}${isSeparate ? namesLine('Nodes', finding.nodes.map(nodes.of)) : NOTHING}${at === undefined ? NOTHING : html`<p class="muted">At ${name(at)}</p>`}`
}

function namesLine(title: string, list: readonly string[]): Html {
  if (list.length === 0) return NOTHING
  if (list.length <= NAMES_SHOWN + 1) {
    return html`<p class="muted">${title}: ${names(list)}</p>`
  }
  return fold(`${title}: all ${list.length}`, html`<p>${names(list)}</p>`)
}

/** What the rule is about; nothing for a rule that this version does not have. */
export function explain(rule: string, { explanations, nodes }: FindingView): Html {
  const known = explanations.get(rule)
  if (known === undefined) return NOTHING
  return fold(
    html`What <code>${rule}</code> means`,
    html`<p><strong>${prose(known.title, nodes)}.</strong> ${prose(known.text, nodes)}</p>`,
  )
}

export function waiverList({ used, unused }: Waivers, view: FindingView): Html {
  const accepted = used.map(
    ({ finding, acceptance }) =>
      html`<li class="finding ${TONES[finding.severity]}">
        ${findingText(finding, view)}${acceptedLine(acceptance, view)}${explain(finding.rule, view)}
      </li> `,
  )
  const idle = unused.map(
    (allowance) =>
      html`<li class="finding quiet">
        <p class="finding-head">
          ${badge('quiet', 'not used')} <strong>${allowance.subject}</strong>
          <code class="rule">${allowance.rule}</code>
        </p>
        <p>No finding of this plan needs it.</p>
        ${acceptedLine(allowance, view)}
      </li> `,
  )
  return foldRest([...accepted, ...idle], {
    most: FINDINGS_SHOWN,
    noun: 'waiver',
    draw: (items) =>
      html`<ul class="findings">
        ${items}
      </ul>`,
  })
}

function acceptedLine({ because, by, until }: Acceptance, { nodes }: FindingView): Html {
  const who = by === undefined ? html`` : html` by <strong>${by}</strong>`
  const last = until === undefined ? html`no last day` : html`last day <strong>${until}</strong>`
  return html`<p class="accepted">
    <strong>Accepted</strong>${who} (${last}): ${prose(because, nodes)}
  </p>`
}
