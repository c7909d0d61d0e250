import { describe, expect, it } from 'vitest'
import { finding, plan } from '../../../test/builders/plan.ts'
import { PLANS } from '../../../test/render/cases.ts'
import { renderPlanMarkdown } from '../../../test/render/comment.ts'

describe('renderPlansMarkdown', () => {
  it('creates no markup from texts of servers and files', () => {
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

  it('shows errors, waived errors and warnings before anything that is folded', () => {
    const shown = renderPlanMarkdown(PLANS.blocked).split('<details>')[0]

    expect(shown).toContain('**error** `version-in-use`')
    expect(shown).toContain('**error** `data-downgrade`')
    expect(shown).toContain('**warning** `siblings`')
    expect(shown).not.toContain('`env-unobservable`')
  })

  it('gives the command that applies exactly this plan, and none for a blocked plan', () => {
    const line = `lockstep apply plan.json --expect ${PLANS.upgrade.plan_id}`

    expect(renderPlanMarkdown(PLANS.upgrade).split('<details>')[0]).toContain(line)
    expect(renderPlanMarkdown(PLANS.blocked)).not.toContain('--expect')
  })

  it('says that a plan has expired, and gives no command for it', () => {
    const text = renderPlanMarkdown(PLANS.upgrade, { now: '2026-05-02T09:30:01.000Z' })

    expect(text).toContain('`lockstep apply` refuses this plan: it has expired. Plan again.')
    expect(text).toContain(', expired `2026-05-02T09:30:00.000Z`')
    expect(text).not.toContain('--expect')
    const before = renderPlanMarkdown(PLANS.upgrade, { now: '2026-05-02T09:30:00.000Z' })
    expect(before).toContain('--expect')
  })
})
