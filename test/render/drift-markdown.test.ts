/** The Markdown of drift, as the issue that a pipeline opens has it. */
import { describe, expect, it } from 'vitest'
import { renderDriftMarkdown } from '../../src/render/markdown/drift-markdown.ts'
import { manyDrift } from './drifts.ts'

function render(limit: number): string {
  return renderDriftMarkdown(manyDrift(), { limit, seeAll: 'lockstep drift --detail' })
}

describe('300 differences', () => {
  it('are shown together if they are equal except for the mount', () => {
    const text = render(60_000)

    expect(text).toMatch(/^### `prod-eu`: Drift: 210 version-differs, /)
    expect(text).not.toContain('Left out')
    expect(text.match(/^- \*\*/gm)).toHaveLength(45)
    expect(text).toMatch(
      /^- \*\*version-differs\*\* 14 mounts: `a\/team-01\/`, `a\/team-02\/`, .*: desired `v0\.21\.0`, found `v0\.16\.2`<br>Cause: .*<br>In the file: `lockstep\.yaml:100:3`, /m,
    )
    expect(text).toMatch(/^- \*\*node-skew\*\* 2 mounts: .* on `node2`, `node3`: desired /m)
  })

  it('are counted if there is no room for them', () => {
    const text = render(8000)

    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8000)
    const shown = text.match(/^- \*\*/gm)?.length ?? 0
    expect(shown).toBeGreaterThan(5)
    expect(text).toContain(
      `**Left out because of --markdown-limit: ${45 - shown} difference groups.**`,
    )
    expect(text).toContain('To see everything: `lockstep drift --detail`')
  })
})
