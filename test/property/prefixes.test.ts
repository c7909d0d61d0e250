/** A run may be stopped after any of its steps, and every node restarted there. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Step } from '../../src/documents/plan.generated.ts'
import { isWrite } from '../../src/documents/writes-of.ts'
import type { ServerResponse } from '../../src/domain/exchange.ts'
import type { MountPath, RunningBinary } from '../../src/domain/names.ts'
import { requestOf } from '../../src/server/requests.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { makeTwin, planOn } from './drive-twin.ts'
import { type ClusterStory, scenarios } from './generators.ts'
import { bySize, samples } from '../size.ts'

it('is safe wherever the rehearsal does not say otherwise', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ stops: false }), async ({ story, desired }) => {
      const twin = makeTwin(story)
      const { plan, draft } = await planOn(twin, desired)
      fc.pre(plan.steps.length > 0)
      const reported = new Set(plan.rehearsal?.unsafe.map(({ after }) => after))
      const after = restarted(story, [])
      fc.pre(after.active() !== undefined)
      const before = [...wholeMounts(twin, after)]
      const ends = new Map(
        draft.targets.flatMap(({ targets }) =>
          targets.mounts.map(({ mount, sha256 }) => [mount.path, sha256] as const),
        ),
      )

      for (const [at, step] of plan.steps.entries()) {
        const { id } = step
        const { status } = play(twin, step)
        // What is not safe once may be so for the rest of the plan.
        if (reported.size > 0) continue
        expect(status, `${id} is accepted`).toBeLessThan(300)
        const now = wholeMounts(twin, restarted(story, plan.steps.slice(0, at + 1)))
        for (const [path, { accessor, binaries }] of before) {
          expect(now.get(path)?.accessor, `${path} after ${id}`).toBe(accessor)
          const end = ends.get(path)
          if (end === undefined) continue
          const others = now.get(path)?.binaries.filter((binary) => !binaries.includes(binary))
          expect(
            others?.filter((binary) => binary !== end),
            `${path} after ${id}`,
          ).toEqual([])
        }
      }
    }),
    { ...samples(bySize({ few: 300, many: 1_200 })) },
  )
})

function play(twin: Twin, { action }: Step): ServerResponse {
  if (!isWrite(action)) return { status: 200, body: {} }
  return twin.send(action.kind === 'reload' ? action.node : twin.active()!, requestOf(action))
}

/** The same story up to the same step, and every node restarted there. */
function restarted(story: ClusterStory, steps: readonly Step[]): Twin {
  const twin = makeTwin(story)
  for (const step of steps) play(twin, step)
  for (const node of twin.nodes()) twin.restartNode(node)
  return twin
}

interface WholeMount {
  readonly accessor: string
  /** What runs now on any node, and after a restart. */
  readonly binaries: readonly RunningBinary[]
}

/** The mounts that answer on every node, and after every node was restarted too. */
function wholeMounts(twin: Twin, restarted: Twin): ReadonlyMap<MountPath, WholeMount> {
  return new Map(
    twin.mountPaths().flatMap((path) => {
      const [now, later] = [lookAt(twin, path), lookAt(restarted, path)]
      if (now === undefined || now.accessor !== later?.accessor) return []
      return [[path, { ...now, binaries: [...now.binaries, ...later.binaries] }] as const]
    }),
  )
}

function lookAt(twin: Twin, path: MountPath): WholeMount | undefined {
  const views = twin.nodes().flatMap((node) => twin.running(node, path) ?? [])
  const leads = twin.running(twin.active()!, path)
  if (leads === undefined || views.some(({ answers }) => !answers)) return undefined
  return { accessor: leads.accessor, binaries: views.map((view) => view.running_sha256) }
}
