/**
 * Generated scenarios on three real nodes, each held against the twin after every request, as
 * `npm run test:real-random` plays them: always the same few seeds here.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { type FakeDatabase, startFakeDatabase } from '../real-random/fake-database.ts'
import { playSeed } from '../real-random/play-seed.ts'
import { Stand } from '../real-random/stand.ts'

const SEEDS = [7, 101, 4242]

describeOwn('random scenarios', () => {
  const stand = new Stand()
  let database: FakeDatabase

  beforeAll(async () => {
    database = await startFakeDatabase()
  })
  afterAll(() => Promise.all([stand.clear(), database.stop()]))

  it.each(SEEDS)('seed %i is as the twin shows it', async (seed) => {
    const played = await playSeed(stand, database.port, seed)

    expect(played).toMatchObject({ differences: [] })
    expect(played.compared).toBeGreaterThan(5)
  })
})
