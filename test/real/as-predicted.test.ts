/**
 * A few of the scenarios that `npm run test:real-random` plays, so that what the rehearsal of every
 * plan is made on stays what three real nodes show.
 */
import { expect, it, onTestFinished } from 'vitest'
import { startCluster } from '../cluster/cluster.ts'
import { pluginFiles } from '../cluster/plugin-files.ts'
import { describeReal } from '../cluster/shared-cluster.ts'
import { startFakeDatabase } from '../real-random/fake-database.ts'
import { playSeed } from '../real-random/play-seed.ts'

describeReal('generated scenarios', () => {
  it(
    'are as the twin shows them, answer by answer and node by node',
    { timeout: 600_000 },
    async () => {
      const cluster = await startCluster({ plugins: pluginFiles })
      onTestFinished(() => cluster.stop())
      const database = await startFakeDatabase()
      onTestFinished(() => database.stop())

      for (const seed of [217]) {
        const played = await playSeed(cluster, database.port, seed)
        expect(played).toMatchObject({ end: 'applied', differences: [] })
        expect(played.compared).toBeGreaterThan(20)
      }
    },
  )
})
