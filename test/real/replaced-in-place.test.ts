/**
 * The roll-out of a new image, caught half-way: an unversioned entry keeps its command, and only some
 * nodes have the new file under that name. A reload anywhere else would lose the mount for good.
 */
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { describe as told } from '../cluster/cluster-client.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { markAuditLogs, writesAmong } from './audit-log.ts'
import { binaryCheck } from './binary-check.ts'
import { writeDesired } from './desired-file.ts'
import { findSilentMounts, hashesOf, readExternalEntries } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

const ID = 'secret/my-kv'
const COMMAND = 'my-kv'
const OLD = 'secrets-kv-0.16.2'
const NEW = 'secrets-kv-0.21.0'

describeOwn('a plugin file that is replaced under its own name', () => {
  let cluster: TestCluster

  beforeEach(async () => {
    cluster = await startCluster({ plugins: [OLD, NEW], audit: true })
    for (const node of cluster.nodes) await install(node, OLD)
    await post(`sys/plugins/catalog/${ID}`, entry(OLD))
    await post('sys/mounts/team-a', { type: 'my-kv' })
    await cluster.waitUntilReady()
  })
  afterEach(() => cluster.stop())

  /** As an image has it: the same name, other bytes. What runs keeps the bytes that it was started from. */
  async function install(node: TestCluster['nodes'][number], file: PluginFile): Promise<void> {
    const path = join(node.pluginDirectory, COMMAND)
    await rm(path, { force: true })
    await copyFile(join(node.pluginDirectory, file), path)
  }

  async function post(path: string, body: unknown): Promise<void> {
    const answer = await cluster.request(await cluster.activeIndex(), 'POST', path, { body })
    if (answer.status >= 300) throw new Error(`${path}: ${told(answer)}`)
  }

  function entry(file: PluginFile) {
    return { command: COMMAND, sha256: cluster.pluginSha256(file) }
  }

  function upgrade(part: object = {}) {
    const plugins = { [ID]: { use: 'unversioned', versions: { unversioned: entry(NEW) } } }
    return writeDesired({ ...part, plugins })
  }

  async function expectBlocked(part: object, rule: string): Promise<string> {
    await using file = await upgrade(part)
    const requestsSince = await markAuditLogs(cluster)

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect([run.exitCode, run.stdout]).toEqual([
      3,
      expect.stringMatching(new RegExp(`^  ${rule} `, 'm')),
    ])
    expect(writesAmong(await requestsSince())).toEqual([])
    expect(await readExternalEntries(cluster)).toMatchObject([
      { sha256: cluster.pluginSha256(OLD) },
    ])
    expect(await findSilentMounts(cluster)).toEqual([])
    return run.stdout
  }

  it('blocks the plan while nobody has checked the nodes, and while one has the old file', async () => {
    const nodes = cluster.nodes
    await install(cluster.node(0), NEW)

    const unchecked = await expectBlocked({}, 'unchecked-without-rollback')
    expect(unchecked).toContain(`The file ${COMMAND} of ${ID} unversioned was not checked on`)

    const checked = await expectBlocked({ cluster: binaryCheck(cluster) }, 'binary-differs')
    for (const { address } of nodes.slice(1))
      expect(checked).toContain(`binary-differs  ${address}`)
    expect(checked).not.toContain(`binary-differs  ${cluster.node(0).address}`)

    // Two of three are no better.
    await install(cluster.node(1), NEW)
    await expectBlocked({ cluster: binaryCheck(cluster) }, 'binary-differs')
  })

  it('is carried out once the check finds the new file on every node', async () => {
    for (const node of cluster.nodes) await install(node, NEW)
    await expectBlocked({}, 'unchecked-without-rollback')
    await using file = await upgrade({ cluster: binaryCheck(cluster) })

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect(run.exitCode).toBe(0)
    expect(new Set(await hashesOf(cluster, 'team-a/'))).toEqual(
      new Set([cluster.pluginSha256(NEW)]),
    )
    expect(await findSilentMounts(cluster)).toEqual([])
  })

  it('is carried out where a person allows it by name', async () => {
    for (const node of cluster.nodes) await install(node, NEW)
    const because = 'the hash of the file was compared on every node by hand'
    const allow = [{ rule: 'unchecked-without-rollback', subject: ID, because }]
    await using file = await upgrade({ allow })

    const run = await runOn(cluster, ['apply', '--auto-approve', '-f', file.path])

    expect([run.exitCode, run.stdout]).toEqual([0, expect.stringContaining(because)])
    expect(new Set(await hashesOf(cluster, 'team-a/'))).toEqual(
      new Set([cluster.pluginSha256(NEW)]),
    )
  })
})
