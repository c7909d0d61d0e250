import { describe, expect, it } from 'vitest'
import { liveNode, mountPath, plugin, version } from '../../test/builders/live.ts'
import { plan, upgradePlan } from '../../test/builders/plan.ts'
import { stepLines } from './step-lines.ts'

const upgrade = (...mounts: readonly string[]) =>
  upgradePlan({
    plugin: plugin('secret/my-kv'),
    from: version('v1.0.0'),
    to: version('v1.1.0'),
    mounts: mounts.map(mountPath),
    nodes: [liveNode(1), liveNode(2), liveNode(3)],
  })
const SIXTY = Array.from({ length: 60 }, (_, at) => `m${at}/`)

describe('stepLines', () => {
  it('shows equal steps in one line, and a rollout from node to node', () => {
    const lines = stepLines(upgrade(...SIXTY), { detail: false })

    expect(lines.map(({ number, what }) => `${number}: ${what}`)).toEqual([
      '1: register secret/my-kv v1.1.0 (my-kv_1.1.0)',
      '2–61: tune 60 mounts: m0/, m1/, m2/ and 57 more to v1.1.0',
      '62–64: reload 60 mounts: m0/, m1/, m2/ and 57 more on node2 (standby), then node3 (standby), then node1 (active)',
      '65: deregister secret/my-kv v1.0.0',
    ])
  })

  it('shows each step and each mount with `detail`', () => {
    const lines = stepLines(upgrade(...SIXTY), { detail: true })

    expect(lines).toHaveLength(65)
    for (const mount of SIXTY) expect(lines[61]?.what).toContain(mount)
  })

  it('marks the canary, and shows it on its own line', () => {
    const [register, ...rest] = upgrade('a/', 'b/').steps
    const steps = [register!, { ...rest[0]!, canary: true as const }, ...rest.slice(1)]

    expect(stepLines(plan({ steps }), { detail: false }).map(({ what }) => what)).toEqual([
      'register secret/my-kv v1.1.0 (my-kv_1.1.0)',
      'canary: tune a/ to v1.1.0',
      'tune b/ to v1.1.0',
      expect.stringMatching(/^reload a\/, b\/ on/),
      'deregister secret/my-kv v1.0.0',
    ])
  })

  it('gives the reason only if all steps have the same one', () => {
    const document = upgrade('a/', 'b/')
    const steps = document.steps.map((step, at) => (at === 1 ? { ...step, why: 'other' } : step))

    expect(stepLines({ ...document, steps }, { detail: false })[1]?.why).toBeUndefined()
    expect(stepLines(document, { detail: false })[1]?.why).toContain('to run v1.1.0')
  })
})
