import { describe, expect, it } from 'vitest'
import { finding, plan } from '../../test/builders/plan.ts'
import { PLANS } from '../../test/render/cases.ts'
import { renderPlanMarkdown } from './plan-markdown.ts'

describe('renderPlanMarkdown', () => {
  it('stays below what a comment may hold, and says what it leaves out', () => {
    const findings = Array.from({ length: 2000 }, (_, index) =>
      finding({ subject: `secret/plugin-${index}`, severity: index % 2 === 0 ? 'error' : 'note' }),
    )

    const text = renderPlanMarkdown({ ...PLANS.thousand, findings })

    expect(text.length).toBeLessThan(65_536)
    expect(text).toMatch(/… and \d+ more, in the plan itself/)
    expect(text).toContain('<details><summary>1005 steps</summary>')
  })

  it('lets nothing that was read become markup', () => {
    const text = renderPlanMarkdown(
      plan({
        findings: [
          finding({ subject: 'a`b``c/', message: '<img src=x> [here](http://x) *now*\n# Title' }),
        ],
      }),
    )

    expect(text).toContain('```a`b``c/```')
    expect(text).toContain('`<img` `src=x>` `[here](http://x)` `*now*\\n#` Title')
  })

  it('shows what blocks the plan outside of what unfolds', () => {
    const shown = renderPlanMarkdown(PLANS.blocked).split('<details>')[0]

    expect(shown).toContain('`version-in-use`')
    expect(shown).not.toContain('`data-downgrade`')
  })
})
