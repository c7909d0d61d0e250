/**
 * A run may stop with any set of steps done that `after` allows, and every node may restart there.
 * The rehearsal plays one order only and says that it proves them all: here is a random one of them.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Step } from '../../src/documents/plan.generated.ts'
import { isWrite } from '../../src/documents/writes-of.ts'
import { requestOf } from '../../src/server/requests.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { makeTwin, planOn } from './drive-twin.ts'
import { type ClusterStory, scenarios } from './generators.ts'
import { bySize, samples } from '../size.ts'

it('is as safe as the rehearsal says', async () => {
  let wide = 0
  await fc.assert(
    fc.asyncProperty(
      scenarios({ stops: false }),
      fc.infiniteStream(fc.nat()),
      async ({ story, desired }, choices) => {
        const { plan } = await planOn(makeTwin(story), desired)
        fc.pre(plan.steps.length > 1 && (plan.rehearsal?.unsafe.length ?? 1) === 0)
        fc.pre(restarted(story, []).active() !== undefined)
        const before = wellMounts(story, [])

        const done = drawSet(plan.steps, choices)
        if (!isPrefix(plan.steps, done)) wide += 1

        const twin = makeTwin(story)
        for (const step of done) expect(play(twin, step), step.id).toBeLessThan(300)
        expect([...wellMounts(story, done)]).toEqual(expect.arrayContaining([...before]))
      },
    ),
    { ...samples(bySize({ few: 200, many: 1_000 })), maxSkipsPerRun: 50 },
  )
  // Else only what the rehearsal itself plays was drawn.
  expect(wide).toBeGreaterThan(0)
})

/** Some steps in an order that `after` allows. */
function drawSet(steps: readonly Step[], choices: Iterator<number>): Step[] {
  const next = (limit: number): number => Number(choices.next().value) % limit
  const done: Step[] = []
  const ids = new Set<string>()
  for (let left = next(steps.length + 1); left > 0; left -= 1) {
    const free = steps.filter(({ id, after }) => !ids.has(id) && after.every((one) => ids.has(one)))
    const step = free[next(free.length)]
    if (step === undefined) break
    done.push(step)
    ids.add(step.id)
  }
  return done
}

function isPrefix(steps: readonly Step[], done: readonly Step[]): boolean {
  return done.every((step, at) => steps[at] === step)
}

/** The status of the answer. */
function play(twin: Twin, { action }: Step): number {
  if (!isWrite(action)) return 200
  return twin.send(action.kind === 'reload' ? action.node : twin.active()!, requestOf(action))
    .status
}

/** The same story with these steps done, and every node restarted there. */
function restarted(story: ClusterStory, steps: readonly Step[]): Twin {
  const twin = makeTwin(story)
  for (const step of steps) play(twin, step)
  for (const node of twin.nodes()) twin.restartNode(node)
  return twin
}

/** The mounts that answer on every node under their own accessor, before and after the restart. */
function wellMounts(story: ClusterStory, steps: readonly Step[]): ReadonlySet<string> {
  const now = makeTwin(story)
  for (const step of steps) play(now, step)
  const later = restarted(story, steps)
  return new Set(
    now.mountPaths().flatMap((path) => {
      const views = [now, later].flatMap((twin) =>
        twin.nodes().flatMap((node) => twin.running(node, path) ?? []),
      )
      const accessors = new Set(views.map(({ accessor }) => accessor))
      const isWell = views.length > 0 && accessors.size === 1
      return isWell && views.every(({ answers }) => answers)
        ? [`${path} ${[...accessors][0]!}`]
        : []
    }),
  )
}
