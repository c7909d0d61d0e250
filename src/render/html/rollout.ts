/** The steps as a timeline: what goes first, what rolls back together, and where a stop is safe. */
import type { Plan } from '../../documents/plan.generated.ts'
import { count } from '../../domain/count.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { NodeNames } from '../node-names.ts'
import { type StepLine, stepLines } from '../step-lines.ts'
import { html, type Html, join, NOTHING } from './html.ts'
import { badge, fold, foldRest, name, prose } from './parts.ts'

/** So many lines of the timeline are in sight. */
const LINES_SHOWN = 60

type Unsafe = NonNullable<Plan['rehearsal']>['unsafe']

interface TimelineView {
  readonly plan: Plan
  readonly nodes: NodeNames
  /** True if the rehearsal judged a stop after each of the steps. */
  readonly isRehearsed: boolean
  /** By the id of the step after which a stop is not safe. */
  readonly unsafe: ReadonlyMap<string, Unsafe>
}

/** Nothing for a plan without steps. */
export function rollout(plan: Plan, nodes: NodeNames): Html {
  if (plan.steps.length === 0) return NOTHING
  const unsafe = groupBy(plan.rehearsal?.unsafe ?? [], ({ after }) => after)
  const view = { plan, nodes, isRehearsed: isRehearsed(plan), unsafe }
  const blocks = gatherGroups(stepLines(plan, { detail: false }))
  return html`${legend(plan)}${beforeTheFirst(plan)}${foldRest(
    blocks.map((block) => drawBlock(block, view)),
    {
      most: LINES_SHOWN,
      noun: 'stage',
      draw: (items) =>
        html`<ol class="timeline">
          ${items}
        </ol>`,
    },
  )}`
}

/** There is one stopping point after each step. */
function isRehearsed({ rehearsal, steps }: Plan): boolean {
  return rehearsal?.stopping_points === steps.length
}

function legend(plan: Plan): Html {
  const { rehearsal, steps } = plan
  if (rehearsal === null || !isRehearsed(plan)) {
    return html`<p class="legend">
      These steps were not rehearsed, so it is not known after which of them a stop is safe.
    </p>`
  }
  const { unsafe, safe, stopping_points: points } = rehearsal
  return unsafe.length === 0 && safe === points
    ? html`<p class="legend">
        ${badge('good', 'Safe to stop')} after
        ${steps.length === 1 ? 'the step' : `any of the ${steps.length} steps`}: no mount is lost,
        also if every node restarts then.
      </p>`
    : html`<p class="legend">
        ${badge('bad', 'NOT safe to stop')} after ${points - safe} of the ${points} steps.
      </p>`
}

function beforeTheFirst({ cluster: { lock, binary_check: check } }: Plan): Html {
  return html`${lock === undefined ? NOTHING : html`<p class="before">Before the first step the run takes the lock ${name(lock)}.</p>`}${check === undefined ? NOTHING : html`<p class="before">Before the first step <code>binary_check</code> reads ${count(check.files.length, 'file')} on each node.</p>`}`
}

/** Lines that follow each other. */
interface Block {
  /** Their steps roll back together; empty if the steps of a line belong to several groups. */
  readonly group: string
  readonly lines: readonly StepLine[]
}

function gatherGroups(lines: readonly StepLine[]): Block[] {
  const blocks: { group: string; lines: StepLine[] }[] = []
  for (const line of lines) {
    const [{ group }] = line.steps
    const isOne = line.steps.every((step) => step.group === group)
    const last = blocks.at(-1)
    if (isOne && last?.group === group) last.lines.push(line)
    else blocks.push({ group: isOne ? group : '', lines: [line] })
  }
  return blocks
}

function drawBlock({ group, lines }: Block, view: TimelineView): Html {
  const isCanary = lines.some(({ steps }) => steps.some(({ canary }) => canary === true))
  const steps = lines.reduce((sum, line) => sum + line.steps.length, 0)
  if (steps === 1 || group === '') return join(lines.map((line) => drawLine(line, view, isCanary)))
  return html`<li class="together${isCanary ? ' canary' : ''}">
    <p class="group-name">
      ${isCanary ? html`${badge('info', 'Canary')} No other mount goes before these steps are checked. ` : NOTHING}If
      one of these ${steps} steps fails, they roll back together.
    </p>
    <ol>
      ${lines.map((line) => drawLine(line, view))}
    </ol>
  </li> `
}

function drawLine(
  { number, what, why, details, steps }: StepLine,
  view: TimelineView,
  isCanary = false,
): Html {
  const below = details.map((detail) => html`<p class="detail">${name(detail)}</p>`)
  // A badge says that it is a canary, here or at the block around it.
  const text = view.nodes.within(what.replace(/^canary: /, ''))
  return html`<li class="stage">
    <span class="number">${number}</span>
    <div>
      <p class="what">
        ${isCanary ? html`${badge('info', 'Canary')} ` : NOTHING}${emphasizeVerb(text)}
      </p>
      ${why === undefined ? NOTHING : html`<p class="muted">${prose(why, view.nodes)}</p>`}${below}${stop(steps, view)}
    </div>
  </li> `
}

/** The first word says what is done. */
function emphasizeVerb(text: string): Html {
  const [verb = '', ...rest] = text.split(' ')
  return html`<strong>${verb}</strong> ${rest.join(' ')}`
}

function stop(steps: StepLine['steps'], { isRehearsed, nodes, unsafe }: TimelineView): Html {
  const problems = steps.flatMap(({ id }) => unsafe.get(id) ?? [])
  if (problems.length > 0) {
    const items = problems.map(
      ({ after, problem }) =>
        html`<li>after ${name(nodes.within(after))}: ${prose(problem, nodes)}</li>`,
    )
    return html`<div class="stop unsafe">
      <p>Not safe to stop here:</p>
      ${foldRest(items, {
        most: 5,
        noun: 'reason',
        draw: (shown) =>
          html`<ul>
            ${shown}
          </ul>`,
      })}
    </div>`
  }
  if (!isRehearsed) return NOTHING
  const where = steps.length === 1 ? 'after this step' : `after each of these ${steps.length} steps`
  return html`<p class="stop safe">Safe to stop ${where}</p>`
}

/** Every step by itself, with every mount. */
export function everyStep(plan: Plan, nodes: NodeNames): Html {
  if (plan.steps.length === 0) return NOTHING
  const items = stepLines(plan, { detail: true }).map(
    ({ what, why }) =>
      html`<li>
        ${nodes.within(what)}${why === undefined ? NOTHING : html` <span class="muted">${nodes.within(why)}</span>`}
      </li> `,
  )
  return fold(
    `Every step, with every mount (${plan.steps.length})`,
    html`<ol class="steps">
      ${items}
    </ol>`,
  )
}
