import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finding, plan } from '../../test/builders/plan.ts'
import { PLANS } from '../../test/render/cases.ts'
import { createPalette, withoutPaint } from './palette.ts'
import { summarizePlan } from './plan-summary.ts'
import { renderPlan } from './plan-text.ts'

const palette = createPalette(false)

describe('renderPlan', () => {
  it.each(Object.entries(PLANS))('ends with the summary: %s', (_name, document) => {
    expect(renderPlan(document, { palette }).split('\n').at(-1)).toBe(summarizePlan(document))
  })

  it('adds colours and changes nothing else', () => {
    const coloured = renderPlan(PLANS.blocked, { palette: createPalette(true) })

    expect(coloured).not.toBe(renderPlan(PLANS.blocked, { palette }))
    expect(withoutPaint(coloured)).toBe(renderPlan(PLANS.blocked, { palette }))
  })

  it('keeps each text of a server or a file on its line, without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const document = plan({
          findings: [finding({ subject: text, message: text, fix: text, at: text })],
          changes: [
            {
              subject: text,
              kind: 'mount',
              action: 'change',
              fields: [{ name: text, from: text, to: 'new' }],
              why: text,
            },
          ],
        })
        const lines = renderPlan(document, { palette }).split('\n')
        const usual = renderPlan(plan({ ...document, findings: [finding({ at: 'a' })] }), {
          palette,
        }).split('\n')

        expect(lines).toHaveLength(usual.length)
        expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([])
      }),
    )
  })
})
