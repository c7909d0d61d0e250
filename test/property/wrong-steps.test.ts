/**
 * A step left out or in another place, in any plan that is right and in which it matters: the
 * rehearsal finds every one of them unsafe.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Step } from '../../src/documents/plan.generated.ts'
import type { LiveMount } from '../../src/domain/live.ts'
import { compareText, BUILTIN, UNVERSIONED, type Version } from '../../src/domain/names.ts'
import { runsUnder } from '../../src/domain/live-index.ts'
import type { DraftPlan } from '../../src/plan/make-plan.ts'
import { makeTwin, planOn } from './drive-twin.ts'
import { type Scenario, scenarios } from './generators.ts'
import {
  activeOf,
  isReloadOn,
  problemsOf,
  type Right,
  UPGRADED,
  upgradeDeeds,
  upgradeDesired,
} from './right-plans.ts'
import { bySize, samples } from '../size.ts'

const UP = { stops: false }

/** Whatever else happens to the cluster, one mount leaves a version that is retired. */
const upgrades: fc.Arbitrary<Scenario> = scenarios(UP).map(({ story, desired }) => ({
  story: { ...story, deeds: [...upgradeDeeds(), ...story.deeds] },
  desired: {
    ...desired,
    plugins: [
      ...desired.plugins.filter(({ id }) => id !== UPGRADED),
      ...upgradeDesired().plugins,
    ].sort((a, b) => compareText(a.id, b.id)),
    mounts: desired.mounts.filter((mount) => mount.plugin !== UPGRADED),
  },
}))

describe('any plan', () => {
  it.each<[string, (right: Right, step: Step) => readonly Step[] | undefined]>([
    [
      'a reload left out',
      ({ steps, draft }, step) => {
        const { action } = step
        if (action.kind !== 'reload') return undefined
        const matters = action.mounts.some((path) => {
          const view = draft.index.mountAt(path)!.nodes.find(({ node }) => node === action.node)
          return view?.running_sha256 !== endOf(draft, path)
        })
        return matters ? steps.filter((other) => other !== step) : undefined
      },
    ],
    [
      'a tune left out',
      ({ steps, draft }, step) => {
        const { action } = step
        if (action.kind !== 'tune') return undefined
        const mount = draft.index.mountAt(action.mount)!
        const runs = runsAtTheEnd(draft, mount, mount.configured_version as Version)
        return runs === endOf(draft, action.mount) ? undefined : steps.filter((one) => one !== step)
      },
    ],
    [
      'a retirement that comes first',
      ({ steps, live, draft }, step) => {
        const { action, group } = step
        if (action.kind !== 'deregister' || !group.startsWith('retire')) return undefined
        if (live.pins.some((pin) => pin.plugin === action.plugin)) return undefined
        const hurts = draft.index.mountsOf(action.plugin).some((mount) => {
          const end = endOf(draft, mount.path)
          const retired = draft.index.external(action.plugin, action.version)?.sha256
          const isWell = mount.nodes.every(
            ({ answers, running_sha256 }) => answers === 'yes' && running_sha256 === retired,
          )
          const uses = mount.configured_version === action.version
          return isWell && uses && end !== undefined && end !== BUILTIN
        })
        return hurts ? [step, ...steps.filter((other) => other !== step)] : undefined
      },
    ],
    [
      'a standby reloaded at the end',
      ({ steps, live }, step) => {
        if (step.action.kind !== 'reload' || isReloadOn(step, activeOf(live))) return undefined
        const { mounts } = step.action
        const follows = steps.some(
          (other) =>
            isReloadOn(other, activeOf(live)) &&
            other.action.kind === 'reload' &&
            other.action.mounts.some((mount) => mounts.includes(mount)),
        )
        if (!follows) return undefined
        return [...steps.filter((other) => other !== step), step]
      },
    ],
  ])('is caught with %s', async (_, mistake) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(scenarios(UP), upgrades), fc.nat(), async (scenario, at) => {
        const { plan, blocked, live, draft } = await planOn(
          makeTwin(scenario.story),
          scenario.desired,
        )
        fc.pre(!blocked)
        const right = { live, draft, steps: plan.steps }
        const wrong = plan.steps.flatMap((step) => {
          const steps = mistake(right, step)
          return steps === undefined || steps.length === 0 ? [] : [steps]
        })
        fc.pre(wrong.length > 0)

        expect(problemsOf(right, wrong[at % wrong.length]!)).not.toBe('')
      }),
      { ...samples(bySize({ few: 50, many: 150 })), maxSkipsPerRun: 500 },
    )
  })
})

function endOf(draft: DraftPlan, path: string) {
  const targets = draft.targets.flatMap(({ targets }) => targets.mounts)
  return targets.find(({ mount }) => mount.path === path)?.sha256
}

/** What a mount of this version runs when every entry is as the plan leaves it. */
function runsAtTheEnd(draft: DraftPlan, { plugin: id }: LiveMount, of: Version) {
  const written = draft.steps.findLast(
    ({ action }) =>
      (action.kind === 'register' || action.kind === 'deregister') &&
      action.plugin === id &&
      action.version === of,
  )
  if (written?.action.kind === 'register') return written.action.entry.sha256
  if (written === undefined) return runsUnder(draft.index, id, of)
  return of === UNVERSIONED && draft.index.isBuiltin(id) ? BUILTIN : undefined
}
