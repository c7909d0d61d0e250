/** What `drift` prints and writes for programs and schedules, with the built program on simulated nodes. */
import { readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DriftReport } from '../../src/documents/drift.generated.ts'
import { createTwin, type Twin } from '../../src/twin/cluster/twin.ts'
import { startTwinServer, type TwinServer } from '../../src/twin/http/http-server.ts'
import { ROOT_NAMESPACE } from '../../src/domain/names.ts'
import { nodeAddress, sha256Of, plugin, version } from '../builders/live.ts'
import { parseMetrics } from '../render/parse-metrics.ts'
import { type Run, runLockstep } from './run-lockstep.ts'
import { makeScratchFolder, type ScratchFolder } from './scratch-folder.ts'

const TOKEN = 'the-token-of-the-twin'
const KV = plugin('secret/x-kv')
const VERSION = version('v0.21.0')
const FILE = { command: 'kv-0.21.0', sha256: sha256Of(KV, VERSION) }

const own: {
  twin?: Twin
  server?: TwinServer
  folder?: ScratchFolder
  /** Called before each reading of the cluster, with its number. */
  onReading?: (number: number) => void
} = {}

beforeEach(async () => {
  delete own.onReading
  const files = { [FILE.command]: { sha256: FILE.sha256 } }
  own.twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [1, 2, 3].map((number) => ({ address: nodeAddress(number), files })),
  })
  const { twin } = own
  let readings = 0
  own.server = await startTwinServer(
    {
      ...twin,
      send: (node, request) => {
        if (request.path === 'sys/storage/raft/configuration') own.onReading?.((readings += 1))
        return twin.send(node, request)
      },
    },
    { token: TOKEN },
  )
  const plugins = { [KV]: { use: VERSION, versions: { [VERSION]: FILE } } }
  const state = { version: 1, cluster: { name: 'lab' }, plugins }
  own.folder = await makeScratchFolder({ 'lockstep.yaml': JSON.stringify(state) })
})
afterEach(async () => {
  await own.server?.close()
  await own.folder?.[Symbol.asyncDispose]()
})

const path = (name: string): string => join(own.folder!.path, name)

function drift(...args: readonly string[]): Promise<Run> {
  return runLockstep(['drift', '-f', path('lockstep.yaml'), ...args], {
    env: { BAO_ADDR: own.server!.addresses[0]!, BAO_TOKEN: TOKEN },
  })
}

/** As the file asks. */
function register(): void {
  const request = { method: 'POST', namespace: ROOT_NAMESPACE, forwarding: true } as const
  const body = { ...FILE, version: VERSION }
  own.twin!.send(own.twin!.active()!, { ...request, path: `sys/plugins/catalog/${KV}`, body })
}

const reportOf = ({ stdout }: Pick<Run, 'stdout'>): DriftReport => JSON.parse(stdout) as DriftReport

test('the JSON says when, how complete, by which machine, and how many of what', async () => {
  const began = Date.now()

  const run = await drift('--json')

  const report = reportOf(run)
  expect(run.exitCode).toBe(2)
  expect(Date.parse(report.checked_at)).toBeGreaterThanOrEqual(began)
  expect(report.duration).toBeGreaterThan(0)
  expect(report.duration).toBeLessThanOrEqual((Date.now() - began) / 1000)
  expect(report).toMatchObject({
    ...{ readings: 1, in_sync: false, complete: true },
    run_under_way: { state: 'none', seen_on: 'machine' },
    known_runs: { count: 0 },
    counts: { by_class: { 'not-registered': 1, 'mount-down': 0 }, by_severity: { error: 1 } },
    differences: [{ class: 'not-registered', severity: 'error' }],
  })
  const ids = report.cluster.nodes.map(({ id, id_source }) => `${id_source} ${id}`)
  expect(ids.sort()).toEqual(['raft node1', 'raft node2', 'raft node3'])
})

test('a machine without journals is told what it cannot see', async () => {
  register()

  const { stdout } = await drift()

  expect(stdout).toContain('This machine has no journal of a run on this cluster.')
  expect(stdout).toMatch(/^No drift\.$/m)
})

describe('--fail-on', () => {
  test('of another class ends with 0, and says why', async () => {
    const run = await drift('--fail-on', 'mount-down')

    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain('Drift: 1 not-registered.')
    expect(run.stderr).toContain('None of the differences is of a kind that --fail-on names')
  })

  test('of an unknown name ends with 1', async () => {
    const run = await drift('--fail-on', 'mount_down')

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('"mount_down" is no class of difference and no severity')
  })
})

describe('--confirm', () => {
  test('reports what both readings have', async () => {
    const run = await drift('--json', '--confirm', '2', '--after', '0s')

    expect(run.exitCode).toBe(2)
    expect(reportOf(run)).toMatchObject({ readings: 2, unconfirmed: [] })
  })

  test('reports nothing that is gone at the second reading', async () => {
    own.onReading = (number) => {
      if (number === 2) register()
    }

    const run = await drift('--json', '--confirm', '3', '--after', '0s')

    expect(run.exitCode).toBe(0)
    expect(reportOf(run)).toMatchObject({ readings: 2, in_sync: true, differences: [] })
  })

  test('reads once if nothing differs', async () => {
    register()

    expect(reportOf(await drift('--json', '--confirm', '2'))).toMatchObject({ readings: 1 })
  })

  test('is needed for --after', async () => {
    const run = await drift('--after', '5s')

    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('--confirm 2 --after 20s')
  })
})

describe('--out', () => {
  test('has what would be printed, and stdout has nothing', async () => {
    const run = await drift('--json', '--out', path('drift.json'))

    expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: 'Drift: 1 not-registered.' })
    const text = await readFile(path('drift.json'), 'utf8')
    expect(reportOf({ stdout: text }).differences).toHaveLength(1)
    expect((await stat(path('drift.json'))).mode & 0o777).toBe(0o600)
  })

  test('follows no link, and leaves what is behind it as it was', async () => {
    await writeFile(path('precious'), 'as it was')
    await symlink(path('precious'), path('drift.json'))

    const run = await drift('--json', '--out', path('drift.json'))

    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('it is a symbolic link')
    expect(await readFile(path('precious'), 'utf8')).toBe('as it was')
  })

  test('that cannot be written ends with 1', async () => {
    const run = await drift('--format', 'prometheus', '--out', path('no/such/folder.prom'))

    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('the report cannot be written to')
  })
})

describe('--format prometheus', () => {
  const metric = (text: string, name: string): number | undefined =>
    parseMetrics(text).find((sample) => sample.name === `lockstep_drift_${name}`)?.value

  test('writes metrics that every user may read', async () => {
    const run = await drift('--format', 'prometheus', '--out', path('lockstep.prom'))

    const text = await readFile(path('lockstep.prom'), 'utf8')
    expect(run.exitCode).toBe(2)
    expect(metric(text, 'check_success')).toBe(1)
    expect(metric(text, 'in_sync')).toBe(0)
    expect((await stat(path('lockstep.prom'))).mode & 0o777).toBe(0o644)
  })

  test('says so if the check fails', async () => {
    await own.server!.close()

    const run = await drift('--format', 'prometheus', '--out', path('lockstep.prom'))

    const text = await readFile(path('lockstep.prom'), 'utf8')
    expect(run.exitCode).toBe(1)
    expect(metric(text, 'check_success')).toBe(0)
    expect(metric(text, 'in_sync')).toBeUndefined()
    expect(parseMetrics(text)[0]?.labels.get('cluster')).toBe('lab')
  })
})

test('--markdown is a heading, the differences and a fingerprint', async () => {
  const run = await drift('--markdown')

  expect(run.exitCode).toBe(2)
  expect(run.stdout).toMatch(/^### `lab`: Drift/)
  expect(run.stdout).toContain('- **not-registered** `secret/x-kv v0.21.0`')
  expect(run.stdout).toMatch(/Fingerprint: `[0-9a-f]{64}`/)
})
