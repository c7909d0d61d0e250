/** Starts the cluster that the real test files share, before the first and until after the last. */
import type { TestProject } from 'vitest/node'
import { canaries } from '../canaries.ts'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { MissingToolError } from '../cluster/missing-tool-error.ts'
import { pluginFiles } from '../cluster/plugin-files.ts'
import type {} from '../cluster/shared-cluster.ts'

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  try {
    const log = (line: string): void => void process.stderr.write(`${line}\n`)
    const cluster = await startCluster({ plugins: pluginFiles, audit: true, log })
    project.provide('sharedCluster', { kind: 'started', description: cluster.description })
    project.provide('wrappedSecret', await wrapSecret(cluster))
    return () => cluster.stop()
  } catch (error) {
    // Under CI a run without the real suite would be green and mean nothing.
    if (!(error instanceof MissingToolError) || process.env['CI']) throw error
    process.stderr.write(`The tests with real servers are skipped: ${error.message}\n`)
    project.provide('sharedCluster', { kind: 'missing-tool', reason: error.message })
    return async () => undefined
  }
}

/** A wrapping token for a secret: both are to be in nothing that the program writes. */
async function wrapSecret(cluster: TestCluster): Promise<string> {
  const { status, body } = await cluster.request<Wrapped>(
    await cluster.activeIndex(),
    'POST',
    'sys/wrapping/wrap',
    // Longer than the longest suite.
    { body: { secret: canaries.stored }, wrapTtl: '48h' },
  )
  if (status !== 200) throw new Error(`sys/wrapping/wrap answered ${String(status)}`)
  return body.wrap_info.token
}

interface Wrapped {
  readonly wrap_info: { readonly token: string }
}
