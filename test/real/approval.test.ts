/** Nothing is changed that nobody approved. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { copyExamples } from './examples.ts'
import { readExternalEntries, readNodeMounts } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

describeReal('apply without approval and without a terminal', () => {
  beforeAll(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), ['secret/my-kv'])
  })
  afterAll(() => sharedCluster().reset())

  it.each([[[]], [['--no-input']]])('with %j changes nothing and exits 1', async (flags) => {
    const cluster = sharedCluster()
    await using copy = await copyExamples(cluster)
    const read = async () => [await readExternalEntries(cluster), await readNodeMounts(cluster)]
    const before = await read()

    const run = await runOn(cluster, ['apply', ...flags, '-f', `${copy.folder}/upgrade-in-place`])

    expect(run).toMatchObject({ exitCode: 1, journal: '' })
    expect(run.stdout).toContain('register secret/my-kv unversioned')
    expect(run.stderr).toContain('there is nobody to ask')
    expect(run.stderr).toContain('--auto-approve')
    expect(await read()).toEqual(before)
  })
})
