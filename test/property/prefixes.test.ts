/** A run may be stopped after any of its steps, and every node restarted there. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MountPath } from '../../src/domain/names.ts'
import { requestOf } from '../../src/server/requests.ts'
import type { Twin } from '../../src/twin/twin.ts'
import { makeTwin, planOn } from './drive-twin.ts'
import { scenarios } from './generators.ts'

it('is safe wherever the rehearsal does not say otherwise', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ stops: false }), async ({ story, desired }) => {
      const twin = makeTwin(story)
      const { plan } = await planOn(twin, desired)
      fc.pre(plan.steps.length > 0)
      const reported = new Set(plan.rehearsal?.unsafe.map(({ after }) => after))
      const healthy = wholeMounts(twin)

      for (const { id, action } of plan.steps) {
        const node = action.kind === 'reload' ? action.node : twin.active()!
        const { status } = twin.send(node, requestOf(action))
        if (status >= 300) expect(reported, `${id} is refused: ${status}`).toContain(id)
        // What was not safe once may be so for the rest of the plan.
        if (reported.size > 0) continue
        const now = wholeMounts(twin)
        for (const [path, accessor] of healthy)
          expect(now.get(path), `${path} after ${id}`).toBe(accessor)
      }
      expect(plan.rehearsal?.safe).toBe(plan.steps.length - reported.size)
    }),
    { numRuns: 600 },
  )
})

/** The accessors of the mounts that answer on every node, and after every node was restarted too. */
function wholeMounts(twin: Twin): ReadonlyMap<MountPath, string> {
  const restarted = twin.clone()
  for (const node of restarted.nodes()) restarted.restartNode(node)
  return new Map(
    twin.mountPaths().flatMap((path) => {
      const now = accessorIfWhole(twin, path)
      const later = accessorIfWhole(restarted, path)
      return now !== undefined && now === later ? [[path, now] as const] : []
    }),
  )
}

function accessorIfWhole(twin: Twin, path: MountPath): string | undefined {
  const views = twin.nodes().flatMap((node) => twin.running(node, path) ?? [])
  const leads = twin.running(twin.active()!, path)
  return leads !== undefined && views.every(({ answers }) => answers) ? leads.accessor : undefined
}
