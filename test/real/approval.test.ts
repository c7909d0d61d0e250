/** Nothing is changed that nobody approved. */
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { copyExamples } from './examples.ts'
import { readExternalEntries, readNodeMounts } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

describeReal('apply without --auto-approve', () => {
  beforeAll(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), ['secret/my-kv'])
  })
  afterAll(() => sharedCluster().reset())

  it.each([[[]], [['--no-input']]])(
    'and without a terminal, with %j, changes nothing and exits 1',
    async (flags) => {
      const cluster = sharedCluster()
      await using copy = await copyExamples(cluster)
      const read = async () => [await readExternalEntries(cluster), await readNodeMounts(cluster)]
      const before = await read()

      const run = await runOn(cluster, ['apply', ...flags, '-f', `${copy.folder}/upgrade-in-place`])

      expect(run).toMatchObject({ exitCode: 1, journal: '' })
      expect(run.stdout).toContain('register secret/my-kv unversioned')
      expect(run.stderr).toContain('there is no terminal to ask on')
      expect(run.stderr).toContain('--auto-approve')
      expect(await read()).toEqual(before)
    },
  )

  it.each(['y', 'YES', ''])('changes nothing where %j is the answer', async (answer) => {
    const cluster = sharedCluster()
    await using copy = await copyExamples(cluster)
    const before = await readExternalEntries(cluster)

    const args = ['apply', '-f', `${copy.folder}/upgrade-in-place`]
    const run = await runOn(cluster, args, { answer })

    expect(run).toMatchObject({ exitCode: 1, journal: '' })
    expect(run.stdout).toContain('Type yes to apply')
    expect(await readExternalEntries(cluster)).toEqual(before)
  })

  it('carries out the plan where yes is, and shows on the terminal how far it is', async () => {
    const cluster = sharedCluster()
    await using copy = await copyExamples(cluster)

    const args = ['apply', '-f', `${copy.folder}/upgrade-in-place`]
    const run = await runOn(cluster, args, { answer: 'yes' })

    expect(run.exitCode).toBe(0)
    const wanted = [
      'register',
      ...cluster.addresses.slice(0, cluster.product === 'vault' ? 1 : 3).map(() => 'reload'),
    ]
    // The list is drawn again and again; its last picture is what stays.
    const ticked = [...stripVTControlCharacters(run.stdout).matchAll(/✔ (\w+) /g)]
    expect(ticked.slice(-wanted.length).map(([, kind]) => kind)).toEqual(wanted)
  })
})
