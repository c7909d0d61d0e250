/**
 * The rehearsal plays one mount of each class of alike mounts. It must say what the rehearsal of every
 * mount says, of right plans and of wrong ones.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Step } from '../../src/documents/plan.generated.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { compareText, type MountPath } from '../../src/domain/names.ts'
import { findDesiredEnd } from '../../src/plan/desired-end.ts'
import { draftPlan } from '../../src/plan/make-plan.ts'
import { keepOneOfAlike } from '../../src/twin/rehearsal/alike-mounts.ts'
import { rehearse, rehearseEachMount } from '../../src/twin/rehearsal/rehearse.ts'
import { makeTwin, planOn } from './drive-twin.ts'
import { scenarios } from './generators.ts'
import { oneAfterAnother } from './right-plans.ts'
import { bySize, samples } from '../size.ts'

type Mistake = (steps: readonly Step[], at: number) => readonly Step[]

const MISTAKES: readonly Mistake[] = [
  (steps) => steps,
  (steps, at) => steps.filter((_, index) => index !== at),
  (steps, at) => [...steps.slice(at), ...steps.slice(0, at)],
  (steps) => [...steps.slice(-1), ...steps.slice(0, -1)],
  (steps) => steps.filter(({ action }) => action.kind !== 'register'),
  (steps, at) => changeOne(steps, at, (step) => withMounts(step, (all) => all.slice(0, -1))),
  (steps, at) => changeOne(steps, at, (step) => withMounts(step, (all) => all.toReversed())),
  (steps, at) =>
    changeOne(steps, at, (step) => {
      const { action } = step
      const other = steps.find((one) => one.action.kind === 'register')?.action
      return action.kind === 'tune' && other?.kind === 'register'
        ? { ...step, action: { ...action, version: other.version } }
        : step
    }),
]

it('says the same as a rehearsal of every mount', async () => {
  const seen = { merged: 0, unsafe: 0, safe: 0 }
  await fc.assert(
    fc.asyncProperty(
      scenarios(),
      fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
      fc.boolean(),
      async ({ story, desired }, places, isFirstDown) => {
        const { live } = await planOn(makeTwin(story), desired)
        const large = withCopies(live, isFirstDown)
        const draft = draftPlan(desired, large)
        const desiredEnd = findDesiredEnd(draft, large)
        for (const mistake of MISTAKES) {
          for (const place of places) {
            const steps = mistake(draft.steps, place % Math.max(1, draft.steps.length))
            const input = { live: large, steps: oneAfterAnother(steps), desiredEnd }

            const each = rehearseEachMount(input)
            expect(rehearse(input)).toEqual(each)

            if (keepOneOfAlike(input).live.mounts.length < large.mounts.length) seen.merged += 1
            if (each !== null) seen[each.unsafe.length === 0 ? 'safe' : 'unsafe'] += 1
          }
        }
      },
    ),
    { ...samples(bySize({ few: 60, many: 500 })) },
  )
  expect(Math.min(seen.merged, seen.unsafe, seen.safe)).toBeGreaterThan(10)
})

function changeOne(
  steps: readonly Step[],
  at: number,
  change: (step: Step) => Step,
): readonly Step[] {
  return steps.map((step, index) => (index === at ? change(step) : step))
}

/** Every mount three times. What is wrong with the first one before the plan is no fault of it. */
function withCopies(live: LiveState, isFirstDown: boolean): LiveState {
  const mounts = live.mounts.flatMap((mount) =>
    ['', '-2', '-3'].map((suffix) => ({
      ...mount,
      path: mount.path.replace(/\/$/, `${suffix}/`) as MountPath,
      accessor: `${mount.accessor}${suffix}`,
      nodes:
        suffix === '' && isFirstDown
          ? mount.nodes.map((view) => ({ ...view, answers: 'no' as const }))
          : mount.nodes,
    })),
  )
  return { ...live, mounts: mounts.sort((a, b) => compareText(a.path, b.path)) }
}

function withMounts(step: Step, change: (mounts: MountPath[]) => MountPath[]): Step {
  const { action } = step
  return action.kind === 'reload'
    ? { ...step, action: { ...action, mounts: change(action.mounts) } }
    : step
}
