/** What no rule holds back ends where the file says: the rehearsal has nothing to say of the end. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeTwin, planOn } from './drive-twin.ts'
import { scenarios } from './generators.ts'
import { bySize, samples } from '../size.ts'

it('a plan that only its own end could hold back misses nothing', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), async ({ story, desired }) => {
      const { plan } = await planOn(makeTwin(story), desired)
      const isHeldBack = plan.findings.some(
        ({ rule, severity, allowed }) =>
          rule !== 'unsafe-stopping-point' && severity === 'error' && allowed === undefined,
      )
      fc.pre(!isHeldBack)

      const missed = plan.rehearsal?.unsafe.filter(({ kind }) => kind === 'missed-end')

      expect(missed ?? []).toEqual([])
    }),
    { ...samples(bySize({ few: 250, many: 1_000 })), maxSkipsPerRun: 50 },
  )
})
