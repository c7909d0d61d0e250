/** What a round of the drift service costs, and that the bench of its memory works. */
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { EXIT } from '../../src/domain/errors.ts'
import { checkout } from './run-lockstep.ts'
import { LOOKUP, runServiceRounds, withSimulatedCluster } from '../service-rounds.ts'

it('a round makes the requests of one drift; the first also looks up the token', async () => {
  await withSimulatedCluster(async (cluster) => {
    const { exitCode } = await cluster.run(['drift', '-f', cluster.file])
    expect(exitCode).toBe(EXIT.changes)
    const ofDrift = cluster.takeRequests()
    expect(ofDrift.length).toBeGreaterThan(10)

    const ofRounds: (readonly string[])[] = []
    const log = await runServiceRounds(cluster, {
      rounds: 3,
      betweenRounds: () => void ofRounds.push(cluster.takeRequests()),
    })

    expect(log.map(({ result }) => result).filter((one) => one !== undefined)).toEqual(
      Array(3).fill('drift'),
    )
    const [first, ...later] = ofRounds
    expect(first).toEqual([...ofDrift, `GET ${LOOKUP}`].sort())
    expect(later).toEqual([ofDrift, ofDrift])
  })
})

it('the bench measures the memory of the service, and how fast it ends', async () => {
  const script = join(checkout, 'test', 'bench', 'service.ts')
  const args = ['--import', 'tsx', script, '--rounds', '8', '--json']
  const { stdout } = await execa(process.execPath, args)
  const { samples, ended } = JSON.parse(stdout) as {
    samples: { round: number; heap: number }[]
    ended: number
  }

  expect(samples.map(({ round }) => round)).toEqual([2, 4, 5, 7, 8])
  for (const { heap } of samples) expect(heap).toBeGreaterThan(1)
  expect(ended).toBeGreaterThan(0)
})
