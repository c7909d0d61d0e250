import { describe, expect, it } from 'vitest'
import { liveNode, mountPath, plugin, version } from '../../test/builders/live.ts'
import { upgradePlan } from '../../test/builders/plan.ts'
import { splitSteps } from './split-steps.ts'

const upgrade = (to: string, ...mounts: string[]) =>
  upgradePlan({
    plugin: plugin('secret/my-kv'),
    from: version('v1.0.0'),
    to: version(to),
    nodes: [liveNode(1)],
    mounts: mounts.map(mountPath),
  }).steps
const kinds = (steps: ReturnType<typeof upgrade>): string[] =>
  steps.map(({ action }) => action.kind)

describe('two plans of one cluster', () => {
  it('have all steps in both if they ask for the same, whatever their order and reasons', () => {
    const here = upgrade('v1.1.0', 'a/', 'b/')
    const there = here.map((step) => ({ ...step, id: `x${step.id}`, why: 'other' })).reverse()

    expect(splitSteps(here, there)).toEqual({ onlyHere: [], inBoth: here, onlyThere: [] })
  })

  it('share a reload only if the other names all of its mounts', () => {
    const few = upgrade('v1.1.0', 'a/')
    const many = upgrade('v1.1.0', 'a/', 'b/')

    const more = splitSteps(many, few)
    expect(kinds([...more.onlyHere])).toEqual(['tune', 'reload'])
    expect(more.onlyThere).toEqual([])

    const less = splitSteps(few, many)
    expect(less.onlyHere).toEqual([])
    expect(kinds([...less.onlyThere])).toEqual(['tune', 'reload'])
  })

  it('share nothing that is for another version, and no reload whose checks differ', () => {
    const here = upgrade('v1.1.0', 'a/')
    const there = upgrade('v1.2.0', 'a/')
    const { onlyHere, onlyThere } = splitSteps(here, there)
    expect(kinds([...onlyHere])).toEqual(['register', 'tune'])
    expect(kinds([...onlyThere])).toEqual(['register', 'tune'])

    const checked = here.map((step) =>
      step.action.kind === 'reload'
        ? { ...step, verify: [{ mount: mountPath('a/'), kind: 'read' as const, path: 'x' }] }
        : step,
    )
    expect(kinds([...splitSteps(checked, here).onlyHere])).toEqual(['reload'])
  })
})
