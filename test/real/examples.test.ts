/** Every folder of `examples/`, run as its README says, on the state that `npm run cluster` makes. */
import { afterAll, beforeEach, expect, it } from 'vitest'
import { exampleMounts, makeExampleStates, waitUntilWhole } from '../cluster/example-states.ts'
import { describeReal, sharedCluster, type SharedCluster } from '../cluster/shared-cluster.ts'
import { copyExamples, examples, readStage, wantedSha256 } from './examples.ts'
import { findSilentMounts, readNodeMounts } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

describeReal('the examples', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster())
  })
  afterAll(() => sharedCluster().reset())

  it('are there', () => {
    expect(examples.map(({ name }) => name)).toEqual([
      'new-name',
      'override-builtin',
      'revert-to-builtin',
      'upgrade-in-place',
      'upgrade-versioned',
    ])
  })

  it.each(examples)('$name works on its own', async ({ stages }) => {
    await using copy = await copyExamples(sharedCluster())

    for (const stage of stages) await applyStage(sharedCluster(), copy.folder, stage)
  })

  it('work one after the other on one cluster', async () => {
    await using copy = await copyExamples(sharedCluster())

    for (const { stages } of examples) {
      for (const stage of stages) await applyStage(sharedCluster(), copy.folder, stage)
    }
  })
})

/** Plan, apply, plan again, and look at every node. */
async function applyStage(cluster: SharedCluster, folder: string, stage: string): Promise<void> {
  const file = ['-f', `${folder}/${stage}`]
  const before = await readNodeMounts(cluster)

  const planned = await runOn(cluster, ['plan', '--detailed-exitcode', ...file])
  const applied = await runOn(cluster, ['apply', '--auto-approve', ...file])
  const after = await readNodeMounts(cluster)
  const again = await runOn(cluster, ['plan', '--detailed-exitcode', ...file])

  expect(planned, stage).toMatchObject({ exitCode: 2, stderr: '' })
  expect(applied, stage).toMatchObject({ exitCode: 0 })
  expect(applied.stdout).toContain('Apply complete.')
  expect(again, stage).toMatchObject({ exitCode: 0, stderr: '' })
  expect([...after.keys()]).toEqual([...before.keys()])
  const document = await readStage(stage)
  for (const [node, mounts] of after) {
    const earlier = before.get(node)
    const enabled = Object.entries(document.mounts ?? {}).flatMap(([path, mount]) =>
      mount.enable === true ? [path] : [],
    )
    expect([...mounts.keys()].sort()).toEqual(
      [...new Set([...(earlier?.keys() ?? []), ...enabled])].sort(),
    )
    for (const [path, mount] of mounts) {
      // What the file does not name is left alone.
      const wanted =
        wantedSha256(document, path, mount, cluster) ?? earlier?.get(path)?.running_sha256
      expect(mount.running_sha256, `${stage}: ${path} on ${node}`).toBe(wanted)
      if (earlier?.has(path)) expect(mount.accessor).toBe(earlier.get(path)?.accessor)
    }
  }
  expect(await findSilentMounts(cluster)).toEqual([])
  await waitUntilWhole(cluster, exampleMounts)
}
