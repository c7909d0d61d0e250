/**
 * The pages of `docs/`, each followed from top to bottom on a real cluster as its reader would: the
 * files are written, the commands run, their exit codes and the lines shown compared.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type TestCluster, startCluster } from '../cluster/cluster.ts'
import { type ExamplePluginId, makeExampleStates } from '../cluster/example-states.ts'
import { pluginFiles } from '../cluster/plugin-files.ts'
import { resetCluster } from '../cluster/reset.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { type Block, blocksOf, documents, firstLineMissing, pages } from '../docs/pages.ts'
import { restoreFiles } from './restore-files.ts'
import { openReadersShell, type ReadersShell } from './readers-shell.ts'

/** What is on the cluster when a reader begins; `secret/team-kv` if a page is not named here. */
const beginsWith: Readonly<Record<string, readonly ExamplePluginId[]>> = {
  'docs/override.md': ['auth/jwt'],
}

describeOwn(
  'the pages',
  { on: 'openbao', because: 'they show OpenBao, whose standbys run plugins too' },
  () => {
    let cluster: TestCluster
    beforeAll(async () => {
      cluster = await startCluster({ plugins: pluginFiles, clusterName: 'prod' })
      // As the pages show it: bao-1 and bao-2 are standbys, bao-3 is active.
      await cluster.makeLead(cluster.addresses.length - 1)
    })
    beforeEach(async () => {
      // Some pages end with a wrong file on a node.
      for (const node of cluster.addresses.keys()) await restoreFiles(cluster, node, pluginFiles)
      await resetCluster(cluster)
    })
    afterAll(() => cluster.stop())

    it('are all pages that begin with a task', () => {
      const references = ['docs/rules.md', 'docs/performance.md']
      const tasks = documents.filter((path) => /^docs\/[\w-]+\.md$/.test(path))
      expect(pages).toEqual(
        expect.arrayContaining(tasks.filter((path) => !references.includes(path))),
      )
    })

    it.each(pages)('%s', async (page) => {
      await makeExampleStates(cluster, beginsWith[page] ?? ['secret/team-kv'])
      await using shell = await openReadersShell(cluster)
      const file = blocksOf('docs/upgrade.md').find(({ kind }) => kind === 'file')
      if (file !== undefined) await follow(shell, file, page)

      for (const block of blocksOf(page)) await follow(shell, block, page)
    })
  },
)

/** Does what a block says, or compares it with what the last command wrote. */
async function follow(shell: ReadersShell, block: Block, page: string): Promise<void> {
  const place = `${page}:${String(block.line)}`
  switch (block.kind) {
    case 'file':
      return shell.write(block.name, block.text)
    case 'run': {
      const { exitCode, output } = await shell.run(block)
      expect(exitCode, `${place} wrote\n${output}`).toBe(block.exits)
      return
    }
    case 'output':
      expect(
        firstLineMissing(block.text, shell.lastOutput),
        `${place}: this line is not in\n${shell.lastOutput}`,
      ).toBeUndefined()
  }
}
