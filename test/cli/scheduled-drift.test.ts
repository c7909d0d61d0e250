/** The units of systemd and the crontab of `examples/scheduled-drift/`: checked, and their commands run. */
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { findProgram } from '../find-program.ts'
import { parseMetrics } from '../render/parse-metrics.ts'
import { runServiceRounds, type SimulatedCluster, withSimulatedCluster } from '../service-rounds.ts'
import { checkout } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

const folder = join(checkout, 'examples', 'scheduled-drift')
const PROGRAM = '/usr/local/bin/lockstep'
const CHECK = 'lockstep-drift-check.service'
const SERVICE = 'lockstep-drift.service'
const UNITS = [CHECK, 'lockstep-drift-check.timer', SERVICE]
const COLLECTED = '/var/lib/prometheus/node-exporter'

const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** The value of a setting that a unit has once. */
function setting(unit: string, name: string): string {
  const [value, ...more] = [...read(unit).matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))]
  if (value === undefined || more.length > 0) throw new Error(`${unit} must have one ${name}`)
  return value[1] ?? ''
}

/** The arguments of a command, with the paths of the example replaced. */
function argumentsOf(command: string, { file }: SimulatedCluster, collected: string): string[] {
  const [program, ...args] = command.split(' ')
  expect(program).toBe(PROGRAM)
  return args.map((arg) =>
    arg
      .replace('/etc/lockstep/lockstep.yaml', file)
      .replace(COLLECTED, collected)
      .replace(/:9470$/, ':0'),
  )
}

/** The variables of lines `NAME=value`, for a cluster without TLS. */
function variablesOf(text: string, { address, tokenFile }: SimulatedCluster) {
  const names = [...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name)
  expect(names).toEqual(['BAO_ADDR', 'BAO_CACERT', 'BAO_TOKEN_PATH'])
  return { BAO_ADDR: address, BAO_TOKEN_PATH: tokenFile }
}

const found = findProgram('systemd-analyze', { debian: 'systemd' })
const systemdAnalyze = found.kind === 'there' ? found.path : ''

describe.skipIf(systemdAnalyze === '')('systemd', () => {
  /** What `systemd-analyze verify` says of units; unknown settings are no error to its exit code. */
  async function verify(change: (text: string) => string) {
    await using scratch = await makeScratchFolder()
    const paths = UNITS.map((unit) => join(scratch.path, unit))
    // The command must be there.
    for (const path of paths) {
      const text = read(basename(path)).replace(`ExecStart=${PROGRAM}`, 'ExecStart=/bin/true')
      await writeFile(path, change(text))
    }
    const args = ['verify', '--man=no', '--recursive-errors=no', ...paths]
    const { exitCode, stderr } = await execa(systemdAnalyze, args, { reject: false })
    const said = stderr.split('\n').filter((line) => line.includes('lockstep-drift'))
    return { exitCode, said }
  }

  it('accepts the units', async () => {
    expect(await verify((text) => text)).toEqual({ exitCode: 0, said: [] })
  })

  it.each([
    ['NoNewPrivileges=', 'NoNewPrivilege=', 'Unknown key'],
    ['OnCalendar=*:0/15', 'OnCalendar=*:0/15x', 'Failed to parse calendar'],
    ['ExecStart=/bin/true', 'ExecStart=/bin/there-is-none', 'not executable'],
  ])('does not accept them with %s as %s', async (from, to, expected) => {
    const { said } = await verify((text) => text.replace(from, to))
    expect(said.join('\n')).toContain(expected)
  })
})

it('the timer starts the check', () => {
  expect(existsSync(join(folder, CHECK.replace('.service', '.timer')))).toBe(true)
})

it('the check of the timer writes metrics where it may write, and drift is no failed unit', async () => {
  await using scratch = await makeScratchFolder()
  await withSimulatedCluster(async (cluster) => {
    const args = argumentsOf(setting(CHECK, 'ExecStart'), cluster, scratch.path)
    const env = variablesOf(read('environment'), cluster)
    const { exitCode, stdout } = await cluster.run(args, { env, wait: () => Promise.resolve() })

    expect([exitCode, stdout]).toEqual([2, ''])
    expect(setting(CHECK, 'SuccessExitStatus').split(' ')).toEqual(['2', '9'])
    const samples = parseMetrics(readFileSync(join(scratch.path, 'lockstep.prom'), 'utf8'))
    expect(samples.find(({ name }) => name === 'lockstep_drift_in_sync')?.value).toBe(0)
  })
  expect(setting(CHECK, 'ReadWritePaths')).toBe(COLLECTED)
})

it('the service answers what Prometheus asks', async () => {
  const listen = /--listen (\S+)/.exec(setting(SERVICE, 'ExecStart'))?.[1] ?? ''
  expect(read('prometheus.yml')).toContain(`targets: ['${listen}']`)
  await withSimulatedCluster(async (cluster) => {
    const [command, ...args] = argumentsOf(setting(SERVICE, 'ExecStart'), cluster, '')
    expect(command).toBe('drift')
    let metrics = ''
    await runServiceRounds(cluster, {
      rounds: 2,
      args,
      over: { env: variablesOf(read('environment'), cluster) },
      betweenRounds: async (_, address) => {
        metrics = await (await fetch(`http://${address}/metrics`)).text()
      },
    })
    const rounds = parseMetrics(metrics).find(
      ({ name }) => name === 'lockstep_service_rounds_total',
    )
    expect(rounds?.value).toBe(2)
  })
})

describe('the crontab', () => {
  const lines = read('lockstep-drift.cron')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const [entry = ''] = lines.slice(-1)
  const [, schedule, user, command = ''] = /^((?:\S+ ){5})(\w+) (.*)$/.exec(entry) ?? []

  it('has one entry, as cron reads it', () => {
    expect(lines.slice(0, -1).every((line) => /^[A-Z_]+=\S+$/.test(line))).toBe(true)
    expect(schedule).toMatch(/^(?:(?:\*|\d+)(?:\/\d+)? ){5}$/)
    expect(user).toBe('lockstep')
    // cron makes a line break of it.
    expect(command).not.toContain('%')
  })

  it('writes nothing that cron would mail if there is drift, and the error if the check fails', async () => {
    await using scratch = await makeScratchFolder()
    await withSimulatedCluster(async (cluster) => {
      const args = argumentsOf(command, cluster, scratch.path)
      const env = variablesOf(lines.slice(0, -1).join('\n'), cluster)
      const wait = () => Promise.resolve()

      expect(await cluster.run(args, { env, wait })).toEqual({
        ...{ exitCode: 2, stdout: '', stderr: '' },
      })
      const withoutToken = { ...env, BAO_TOKEN_PATH: '/nowhere' }
      const failed = await cluster.run(args, { env: withoutToken, wait })
      expect(failed.exitCode).toBe(8)
      expect(failed.stderr).toContain('/nowhere')
    })
  })
})
