/** Opens the pool of clusters before the first test file, and ends it after the last. */
import type { TestProject } from 'vitest/node'
import { ClusterPool } from './cluster/cluster-pool.ts'
import type {} from './cluster/lease.ts'

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const pool = await ClusterPool.start((line) => void process.stderr.write(`${line}\n`))
  project.provide('clusterPool', pool.address)
  return () => pool.stop()
}
