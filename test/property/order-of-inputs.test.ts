/** The same inputs give the same bytes, in whatever order file and servers list them. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { loadDesiredState } from '../../src/desired/load-desired-state.ts'
import type { Files } from '../../src/desired/files/files.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import { planId } from '../../src/plan/make-plan.ts'
import { documentOf } from './desired-document.ts'
import { judgedPlan, makeTwin, observeTwin } from './drive-twin.ts'
import { scenarios } from './generators.ts'
import { bySize, samples } from '../size.ts'

it('has the same plan_id', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), fc.infiniteStream(fc.nat()), async (scenario, numbers) => {
      const twin = makeTwin(scenario.story)
      const reorder = (value: unknown): unknown => reordered(value, numbers)

      const first = judgedPlan(await written(scenario.desired), await observeTwin(twin))
      const second = judgedPlan(
        await written(scenario.desired, reorder),
        await observeTwin(twin, { reorder }),
      )

      const [one, other] = [withoutPlaces(first.plan), withoutPlaces(second.plan)]
      expect(other).toEqual(one)
      expect(planId(other)).toBe(planId(one))
    }),
    { ...samples(bySize({ few: 100, many: 300 })) },
  )
})

/** Read from a file in which everything that has no order of its own stands in another one. */
function written(
  desired: DesiredState,
  reorder = (value: unknown): unknown => value,
): Promise<DesiredState> {
  const text = JSON.stringify(reorder(documentOf(desired)), null, 1)
  const files: Files = {
    kind: () => Promise.resolve({ value: 'file' }),
    list: () => Promise.resolve({ value: [] }),
    read: () => Promise.resolve({ value: text }),
    sha256: () => Promise.resolve({ failure: 'is not there' }),
  }
  return loadDesiredState(['plugins.yaml'], { files })
}

/** Where a finding's subject stands in the file is the one thing that moves with it. */
function withoutPlaces(plan: Plan): Plan {
  return { ...plan, plan_id: '', findings: plan.findings.map(({ at: _at, ...rest }) => rest) }
}

/** The lists that are sets; the order of arguments means something. */
const SETS = new Set(['detailed', 'nodes', 'keys', 'pinned_versions', 'retire', 'allow'])

function reordered(value: unknown, numbers: Iterator<number>, name = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => reordered(item, numbers))
    return SETS.has(name) ? shuffled(items, numbers) : items
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => [key, reordered(each, numbers, key)])
  return Object.fromEntries(shuffled(entries, numbers))
}

function shuffled<Item>(items: readonly Item[], numbers: Iterator<number>): Item[] {
  return items
    .map((item) => ({ item, rank: Number(numbers.next().value) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}
