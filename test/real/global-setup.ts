/** Starts the cluster that the real test files share, before the first and until after the last. */
import type { TestProject } from 'vitest/node'
import { startCluster } from '../cluster/cluster.ts'
import { MissingToolError } from '../cluster/missing-tool-error.ts'
import { pluginFiles } from '../cluster/plugin-files.ts'
import type {} from '../cluster/shared-cluster.ts'

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  try {
    const log = (line: string): void => void process.stderr.write(`${line}\n`)
    const cluster = await startCluster({ plugins: pluginFiles, audit: true, log })
    project.provide('sharedCluster', { kind: 'started', description: cluster.description })
    return () => cluster.stop()
  } catch (error) {
    // Under CI a run without the real suite would be green and mean nothing.
    if (!(error instanceof MissingToolError) || process.env['CI']) throw error
    process.stderr.write(`The tests with real servers are skipped: ${error.message}\n`)
    project.provide('sharedCluster', { kind: 'missing-tool', reason: error.message })
    return async () => undefined
  }
}
