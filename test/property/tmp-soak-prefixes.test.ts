/** A run may be stopped after any of its steps, and every node restarted there. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MountPath, Sha256 } from '../../src/domain/names.ts'
import { requestOf } from '../../src/server/requests.ts'
import type { Twin } from '../../src/twin/twin.ts'
import { makeTwin, planOn } from './drive-twin.ts'
import { scenarios } from './generators.ts'

it('is safe wherever the rehearsal does not say otherwise', { timeout: 400_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ stops: false }), async ({ story, desired }) => {
      const twin = makeTwin(story)
      const { plan, draft } = await planOn(twin, desired)
      fc.pre(plan.steps.length > 0)
      const reported = new Set(plan.rehearsal?.unsafe.map(({ after }) => after))
      const before = [...wholeMounts(twin)]
      const ends = new Map(
        draft.targets.flatMap(({ targets }) =>
          targets.mounts.map(({ mount, sha256 }) => [mount.path, sha256] as const),
        ),
      )

      for (const { id, action } of plan.steps) {
        const node = action.kind === 'reload' ? action.node : twin.active()!
        const { status } = twin.send(node, requestOf(action))
        // What is not safe once may be so for the rest of the plan.
        if (reported.size > 0) continue
        expect(status, `${id} is accepted`).toBeLessThan(300)
        const now = wholeMounts(twin)
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
    { numRuns: 5000 },
  )
})

interface WholeMount {
  readonly accessor: string
  /** What runs now on any node, and after a restart. */
  readonly binaries: readonly Sha256[]
}

/** The mounts that answer on every node, and after every node was restarted too. */
function wholeMounts(twin: Twin): ReadonlyMap<MountPath, WholeMount> {
  const restarted = twin.clone()
  for (const node of restarted.nodes()) restarted.restartNode(node)
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
