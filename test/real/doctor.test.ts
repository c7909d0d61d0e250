/**
 * `lockstep doctor` on a real cluster: it sends no write, leaves nothing behind, and ends with the
 * exit code that `apply` ends with in the same situation.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DoctorCheck, DoctorReport } from '../../src/documents/doctor.generated.ts'
import { connect } from '../../src/operations/connect.ts'
import { diagnose } from '../../src/operations/doctor/diagnose.ts'
import { processWorld } from '../../src/operations/world.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { Workplace } from '../faults/run-program.ts'
import { markAuditLogs, writesAmong } from './audit-log.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { tokenFor } from './policy-token.ts'

interface Situation {
  readonly what: string
  readonly exitCode: number
  /** The check that fails. */
  readonly check: DoctorCheck['check']
  readonly token?: () => string | Promise<string>
  readonly env?: Readonly<Record<string, string>>
  /** Added to the file. */
  readonly file?: Readonly<Record<string, unknown>>
  readonly prepare?: (place: Workplace, clusterId: string) => Promise<void>
}

/** A run that is alive: this process. */
const HOLDER = {
  run: '2026-05-01T10-00-00-000Z-abc123',
  who: 'ana@build pid 1',
  since: '2026-05-01T10:00:00.000Z',
  pid: process.pid,
  host: processWorld().hostname,
}

const SITUATIONS: readonly Situation[] = [
  {
    what: 'nothing listens at the address',
    ...{ exitCode: 1, check: 'address', env: { BAO_ADDR: 'http://127.0.0.1:1' } },
  },
  { what: 'the token is not known', exitCode: 8, check: 'token', token: () => 's.notATokenAtAll' },
  {
    what: 'the token has the default policy only',
    ...{ exitCode: 8, check: 'nodes' },
    token: () => tokenWith(['default']),
  },
  {
    what: 'the token can read and not write',
    ...{ exitCode: 8, check: 'plan' },
    token: () => tokenFor(sharedCluster(), own.file!.path, onlyReads),
  },
  {
    what: 'the plan is blocked',
    ...{
      exitCode: 3,
      check: 'plan',
      file: { plugins: { 'secret/team-kv': { retire: ['v0.16.2'] } } },
    },
  },
  {
    what: 'the lock of the file is in no mount',
    ...{ exitCode: 1, check: 'lock', file: { cluster: { lock: { kv: 'nowhere/lock' } } } },
  },
  {
    what: 'another run holds the lock of this machine',
    ...{ exitCode: 7, check: 'lock' },
    prepare: async (place, clusterId) => {
      const folder = place.lockFolder(clusterId)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(join(folder, 'lock'), JSON.stringify(HOLDER), { mode: 0o600 })
    },
  },
  {
    what: 'the state folder is a file',
    ...{ exitCode: 1, check: 'lock' },
    prepare: async (place, clusterId) => {
      const folder = dirname(place.lockFolder(clusterId))
      await mkdir(dirname(folder), { recursive: true })
      await writeFile(folder, '')
    },
  },
]

const own: { file?: DesiredFile } = {}

/** An upgrade of the mounts of `secret/team-kv`. */
function desired(more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const binary = (command: 'secrets-kv-0.16.2' | 'secrets-kv-0.21.0') => ({
    ...{ command, sha256: sharedCluster().pluginSha256(command) },
    data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' },
  })
  const versions = {
    'v0.16.2': binary('secrets-kv-0.16.2'),
    'v0.21.0': binary('secrets-kv-0.21.0'),
  }
  return { plugins: { 'secret/team-kv': { use: 'v0.21.0', versions } }, ...more }
}

function onlyReads(line: string): string {
  const [, path = '', rights = ''] = /^path (".*") \{ capabilities = \[(.*)\] \}$/.exec(line) ?? []
  const kept = rights.split(', ').filter((right) => ['"read"', '"list"', '"sudo"'].includes(right))
  if (path.includes('capabilities-self')) return line
  return kept.length === 0 ? '' : `path ${path} { capabilities = [${kept.join(', ')}] }`
}

async function tokenWith(policies: readonly string[]): Promise<string> {
  const made = await sharedCluster().request<{ auth: { client_token: string } }>(
    0,
    'POST',
    'auth/token/create',
    { body: { policies, ttl: '5m', renewable: false } },
  )
  return made.body.auth.client_token
}

async function placeFor(token?: string, env?: Situation['env']): Promise<Workplace> {
  const cluster = sharedCluster()
  return Workplace.make(token ?? cluster.token, { BAO_ADDR: cluster.addresses[0] ?? '', ...env })
}

function reportOf(stdout: string): DoctorReport {
  return JSON.parse(stdout) as DoctorReport
}

function resultsOf({ checks }: DoctorReport): Readonly<Record<string, string>> {
  return Object.fromEntries(checks.map(({ check, result }) => [check, result]))
}

describeReal('doctor', () => {
  beforeAll(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), ['secret/team-kv'])
    own.file = await writeDesired(desired())
  })
  afterAll(async () => {
    await own.file?.[Symbol.asyncDispose]()
    await sharedCluster().reset()
  })

  it('finds nothing that would stop an apply, sends no write, and leaves nothing behind', async () => {
    await using place = await placeFor()
    const requestsSince = await markAuditLogs(sharedCluster())

    const asked = await place.run(['doctor', '--json', '-f', own.file!.path])
    const shown = await place.run(['doctor', '-f', own.file!.path])

    const requests = await requestsSince()
    expect(asked).toMatchObject({ exitCode: 0, stderr: '' })
    const { certificate, ...others } = resultsOf(reportOf(asked.stdout))
    expect(certificate).toBe('skipped')
    expect(new Set(Object.values(others))).toEqual(new Set(['ok']))
    expect(shown.exitCode).toBe(0)
    expect(shown.stdout).toMatch(
      /A plan made now has \d+ steps, and no finding blocks the plan\.$/m,
    )
    expect(shown.stdout).toMatch(/Nothing was found that would stop an apply\.$/m)
    expect(requests.length).toBeGreaterThan(0)
    expect(writesAmong(requests)).toEqual([])
    expect(await readdir(place.home)).toEqual([])
  })

  it.each(SITUATIONS)('$what: ends with $exitCode, as apply does', async (situation) => {
    const { exitCode, check, prepare } = situation
    const first = await placeFor()
    const { cluster } = reportOf((await first.run(['doctor', '--json'])).stdout)
    await first[Symbol.asyncDispose]()
    await using file = await writeDesired(
      situation.file?.['plugins'] === undefined ? desired(situation.file) : situation.file,
    )
    await using place = await placeFor(await situation.token?.(), situation.env)
    await prepare?.(place, cluster?.id ?? '')

    const asked = await place.run(['doctor', '--json', '-f', file.path])
    const applied = await place.run(['apply', '--auto-approve', '-f', file.path])

    const report = reportOf(asked.stdout)
    const failed = report.checks.find(({ result }) => result === 'failed')
    expect(failed).toMatchObject({ check, exit_code: exitCode })
    expect([asked, applied].map((run) => run.exitCode)).toEqual([exitCode, exitCode])
    expect(report.exit_code).toBe(exitCode)
    expect(failed?.fix).toMatch(/\S/)
  })

  it('tells of a clock that is an hour off, and of a token that ends soon', async () => {
    const [address = ''] = sharedCluster().addresses
    await using place = await placeFor()
    const token = await tokenWith(['root'])
    const world = {
      ...processWorld(),
      ...{ env: { BAO_TOKEN: token }, home: place.home },
      now: () => new Date(Date.now() + 3_600_000),
    }
    const { report, exitCode } = await diagnose({
      load: () => Promise.resolve(undefined),
      open: (_, onCertificate) => connect({ flags: { address }, world, onCertificate }),
      world,
    })

    const clock = report.checks.find((one) => one.check === 'clock')
    expect(clock?.result).toBe('warning')
    expect(clock?.details).toHaveLength(3)
    expect(clock?.details[0]).toMatch(/^This clock is (59 min|1\.0 h) ahead of that of http/)
    expect(report.checks.find((one) => one.check === 'token')).toMatchObject({
      result: 'warning',
      message: expect.stringMatching(/^A service token that lives [45] min more\./),
    })
    expect(exitCode).toBe(0)
  })
})
