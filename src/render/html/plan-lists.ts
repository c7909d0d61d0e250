/** Lists of a plan's page: what the file declares, what runs where it is applied, whole hashes. */
import type { Plan } from '../../documents/plan.generated.ts'
import { count } from '../../domain/count.ts'
import { unreachable } from '../../domain/errors.ts'
import { dataDeclarations } from '../data-declarations.ts'
import type { MachineUse } from '../plan-review.ts'
import { html, type Html, NOTHING } from './html.ts'
import { copied, fold, name, names } from './parts.ts'

/** No server confirms them: who approves the plan approves these. */
export function dataList(plan: Plan): Html {
  const declared = dataDeclarations(plan)
  if (declared.length === 0) return NOTHING
  return html`<ul class="plain">
    ${declared.map(
      ({ plugin, version, text }) => html`<li>${name(`${plugin} ${version}`)} ${text}</li>`,
    )}
  </ul>`
}

export function machineList(uses: readonly MachineUse[]): Html {
  return html`<ul class="plain">
    ${uses.map((use) => html`<li>${machineUse(use)}</li>`)}
  </ul>`
}

function machineUse(use: MachineUse): Html {
  switch (use.kind) {
    case 'binary_check':
      return html`<code>binary_check</code>, for ${count(use.files, 'file')} on each
        node:${copied([use.command])}`
    case 'verify':
      return html`<code>verify</code>, for ${names(use.mounts)}:${copied([use.command])}`
    case 'variable':
      return html`${name(use.plugin)} gets the variable ${name(use.from)} as ${name(use.to)}`
    default:
      return unreachable(use)
  }
}

/** Whole, for who compares them with what was built. */
export function hashes({ changes }: Plan): Html {
  const items = changes.flatMap(({ kind, subject, fields }) =>
    kind !== 'entry'
      ? []
      : fields.flatMap(({ name: field, from, to }) =>
          field !== 'sha256'
            ? []
            : [from, to].flatMap((value) =>
                value === null ? [] : html`<li>${name(subject)} ${name(value)}</li>`,
              ),
        ),
  )
  return items.length === 0
    ? NOTHING
    : fold(
        'SHA-256 of the plugin files',
        html`<ul class="plain">
          ${items}
        </ul>`,
      )
}
