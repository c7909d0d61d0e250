/** The secrets that every test's runs are given: real ones, and a run that shows one is caught. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { canaries, CANARY_VARIABLE, WRAPPED_VARIABLE } from '../canaries.ts'
import { heldLease } from '../cluster/lease.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { Workplace } from '../faults/run-program.ts'
import { runOn } from './run-on-cluster.ts'

describeReal('a secret given to every run', () => {
  const shown = {
    'the token': () => sharedCluster().token,
    'a canary of the environment': () => canaries.variable,
    'a wrapping token': () => heldLease()?.wrappedSecret ?? '',
    'what that stands for': () => canaries.stored,
  }
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-canaries-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('is wrapped by a real server, and was not unwrapped', async ({ skip }) => {
    skip(
      sharedCluster().product === 'vault',
      'on Vault the look-up of a wrapping token was not measured',
    )
    const body = { token: heldLease()?.wrappedSecret ?? '' }

    const { status } = await sharedCluster().request(0, 'POST', 'sys/wrapping/lookup', { body })

    expect(status).toBe(200)
  })

  it.each(Object.entries(shown))('%s fails the test of a run that prints it', async (_, secret) => {
    // The name of a file that is not there is printed.
    const args = ['validate', secret()]
    await using place = await Workplace.make(sharedCluster().token)

    await expect(runOn(sharedCluster(), args)).rejects.toThrow('has shown a secret in stderr')
    await expect(place.run(args)).rejects.toThrow('has shown a secret in stderr')
  })

  it('fails the test of a run in whose journals or log it is', async () => {
    const log = join(folder, 'log')
    await writeFile(log, canaries.literal)

    const run = runOn(sharedCluster(), ['plan', '-f', join(folder, 'none.yaml'), '--log-file', log])

    await expect(run).rejects.toThrow('has shown a secret in what its arguments name')
  })

  it('fails it where it is a value of the test’s own', async () => {
    const env = { [CANARY_VARIABLE]: 'another-value', [WRAPPED_VARIABLE]: 'and-a-third' }

    const run = runOn(sharedCluster(), ['validate', 'and-a-third'], { env })

    await expect(run).rejects.toThrow('has shown a secret in stderr')
  })
})
