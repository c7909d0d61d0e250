/** The changes of a plan as a diff: what is added, changed and removed, and why. */
import type { Plan } from '../../documents/plan.generated.ts'
import { count } from '../../domain/count.ts'
import {
  type ChangedField,
  type ChangeGroup,
  compareArgs,
  describeField,
  groupChanges,
} from '../change-groups.ts'
import type { NodeNames } from '../node-names.ts'
import { shortenHashes } from '../wording.ts'
import { html, type Html, join, NOTHING } from './html.ts'
import { fold, foldRest, name, names, prose, transition } from './parts.ts'

const CHANGES_SHOWN = 60

const SIGNS = {
  add: { sign: '+', word: 'add' },
  change: { sign: '~', word: 'change' },
  remove: { sign: '−', word: 'remove' },
} as const satisfies Record<ChangeGroup['action'], { sign: string; word: string }>

export function diffList({ changes }: Plan, nodes: NodeNames): Html {
  const groups = groupChanges(changes, { detail: false })
  if (groups.length === 0) return NOTHING
  return foldRest(
    groups.map((group) => drawGroup(group, nodes)),
    {
      most: CHANGES_SHOWN,
      noun: 'change',
      draw: (items) =>
        html`<ul class="diff">
          ${items}
        </ul>`,
    },
  )
}

function drawGroup({ action, kind, subjects, why, fields }: ChangeGroup, nodes: NodeNames): Html {
  const [first = ''] = subjects
  const subject =
    subjects.length === 1
      ? html`<strong>${name(first)}</strong>`
      : fold(
          html`<strong>${count(subjects.length, kind)}</strong> ${name(first)} …
            ${name(subjects.at(-1) ?? '')}`,
          html`<p>${names(subjects)}</p>`,
        )
  const { sign, word } = SIGNS[action]
  return html`<li class="${action}">
    <span class="sign" aria-hidden="true">${sign}</span><span class="hidden">${word} </span>
    <div>
      <div class="diff-head">${subject} <span class="muted">${prose(why, nodes)}</span></div>
      <dl>
        ${fields.map(
          (field) =>
            html`<div>
              <dt>${nodes.within(field.name)}</dt>
              <dd>${fieldValue(field, action)}</dd>
            </div>`,
        )}
      </dl>
    </div>
  </li> `
}

function fieldValue(field: ChangedField, action: ChangeGroup['action']): Html {
  const { name: title, from, to, scope } = field
  const where = scope === undefined ? NOTHING : html` <span class="muted">${scope}</span>`
  if (action !== 'change') {
    const text = describeField({ name: title, from, to }, action, { detail: false })
    return action === 'add' ? html`<ins>${text}</ins>${where}` : html`<del>${text}</del>${where}`
  }
  if (title === 'args') return argumentDiff(from ?? '', to ?? '')
  const shown = (value: string | null): string => (value === null ? 'none' : shortenHashes(value))
  return html`${transition(shown(from), shown(to))}${where}`
}

function argumentDiff(from: string, to: string): Html {
  return join(
    compareArgs(from, to).map(({ word, side }) =>
      side === 'added'
        ? html`<ins>${word}</ins>`
        : side === 'removed'
          ? html`<del>${word}</del>`
          : html`${word}`,
    ),
    ' ',
  )
}
