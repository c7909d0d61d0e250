import { describe, expect, it } from 'vitest'
import { createPalette, terminalText } from '../../src/render/palette.ts'
import { renderPlan } from '../../src/render/plan-text.ts'
import { renderStatus } from '../../src/render/status-text.ts'
import { PLANS, STATES } from './cases.ts'

const plain = createPalette(false)
const colours = createPalette(true)

/** Update them all with `npx vitest run -u --project unit test/render`. */
async function expectGolden(text: string, name: string): Promise<void> {
  await expect(`${abridge(terminalText(text))}\n`).toMatchFileSnapshot(`../golden/${name}.txt`)
}

/** The beginning and the end of a text that is too long to read. */
function abridge(text: string): string {
  const lines = text.split('\n')
  if (lines.length <= 100) return text
  const omitted = `[${lines.length - 60} lines]`
  return [...lines.slice(0, 40), omitted, ...lines.slice(-20)].join('\n')
}

describe('the plan, in a terminal', () => {
  it.each(Object.entries(PLANS))('%s', async (name, plan) => {
    await expectGolden(renderPlan(plan, { palette: plain }), `plan-${name}`)
  })

  it('in detail', async () => {
    const text = renderPlan(PLANS.blocked, { palette: plain, detail: true })
    await expectGolden(text, 'plan-blocked-detail')
  })

  it('in colour', async () => {
    await expectGolden(renderPlan(PLANS.blocked, { palette: colours }), 'plan-blocked-colour')
  })
})

describe('what runs where', () => {
  it.each(Object.entries(STATES))('%s', async (name, state) => {
    await expectGolden(renderStatus(state, { palette: plain, width: 200 }), `status-${name}`)
  })

  it.each(['steady', 'troubled'] as const)('%s, in a narrow terminal', async (name) => {
    const text = renderStatus(STATES[name], { palette: plain, width: 60 })
    await expectGolden(text, `status-${name}-narrow`)
  })

  it('in colour', async () => {
    const text = renderStatus(STATES.troubled, { palette: colours, width: 200 })
    await expectGolden(text, 'status-troubled-colour')
  })
})
