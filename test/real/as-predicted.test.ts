/**
 * One of the scenarios that `npm run test:real-random` plays, so that what the rehearsal of every
 * plan is made on stays what three real nodes show.
 */
import { expect, it, onTestFinished } from 'vitest'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { startFakeDatabase } from '../real-random/fake-database.ts'
import { playSeed } from '../real-random/play-seed.ts'
import { Stand } from '../real-random/stand.ts'

describeOwn('a generated scenario', () => {
  it('is as the twin shows it, answer by answer and node by node', async () => {
    const stand = new Stand()
    onTestFinished(() => stand.clear())
    const database = await startFakeDatabase()
    onTestFinished(() => database.stop())

    const played = await playSeed(stand, database.port, 2013)

    expect(played).toMatchObject({ end: 'applied', differences: [] })
    expect(played.compared).toBeGreaterThan(20)
  })
})
