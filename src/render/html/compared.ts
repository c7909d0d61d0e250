/** How a plan compares with that of the files at a git ref: a list of steps with a sign each. */
import type { Plan } from '../../documents/plan.generated.ts'
import { type AgainstLine, type AgainstText, againstText } from '../against-lines.ts'
import { html, type Html, NOTHING } from './html.ts'
import { foldRest, name } from './parts.ts'

const STEPS_SHOWN = 60

const SIGNS = {
  '+': { class: 'add', word: 'only with these files: ' },
  '=': { class: 'change', word: 'with and without this branch: ' },
  '-': { class: 'remove', word: 'only at the ref: ' },
} as const satisfies Record<AgainstLine['mark'], { class: string; word: string }>

/** Nothing for a plan without a comparison. */
export function comparedList(plan: Plan): Html {
  const text = againstText(plan)
  return text === undefined ? NOTHING : drawComparison(text)
}

function drawComparison({ ref, lines }: AgainstText): Html {
  const items = lines.map(
    ({ mark, what }) =>
      html`<li class="${SIGNS[mark].class}">
        <span class="sign" aria-hidden="true">${mark === '-' ? '−' : mark}</span
        ><span class="hidden">${SIGNS[mark].word}</span>
        <div>${what}</div>
      </li>`,
  )
  return html`<p>
      With ${name(ref)}: + this branch adds it, − this branch removes it, = the cluster needs it
      without this branch, too.
    </p>
    ${
      items.length === 0
        ? html`<p>Neither has a step.</p>`
        : foldRest(items, {
            most: STEPS_SHOWN,
            noun: 'compared step',
            draw: (shown) =>
              html`<ul class="diff">
                ${shown}
              </ul>`,
          })
    }`
}
