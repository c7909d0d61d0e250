/**
 * Who may say where the token goes and what runs: a pull request's files, tried against real nodes
 * with a listener beside them that counts who comes. Each refusal has its counterpart, where the
 * same file is trusted and does what it says.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startListener } from '../cli/listener.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import type { Run } from '../cli/run-lockstep.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { runOn, type RunOnOptions } from './run-on-cluster.ts'

const plugin = 'secret/team-kv'
const command = 'secrets-kv-0.21.0'

/** The variables of both products. */
const NO_ADDRESS = { BAO_ADDR: '', VAULT_ADDR: '' }

/** One version that is not registered yet, so that a plan starts its file. */
function write(
  parts: { cluster?: object; mounts?: object; version?: object } = {},
): Promise<DesiredFile> {
  const { cluster = {}, mounts = {}, version = {} } = parts
  const sha256 = sharedCluster().pluginSha256(command)
  const versions = { 'v0.21.0': { command, sha256, data: { upgrade_from: '*' }, ...version } }
  const older = {
    command: 'secrets-kv-0.16.2',
    sha256: sharedCluster().pluginSha256('secrets-kv-0.16.2'),
  }
  return writeDesired({
    cluster,
    plugins: { [plugin]: { use: 'v0.21.0', versions: { ...versions, 'v0.16.2': older } } },
    mounts,
  })
}

function plan(file: DesiredFile, args: readonly string[], options?: RunOnOptions): Promise<Run> {
  return runOn(sharedCluster(), ['plan', '-f', file.path, ...args], options)
}

/** A command for `binary_check` or `verify` that leaves its environment in a file. */
function leaving(marker: string): string[] {
  const [directory = ''] = sharedCluster().pluginDirectories
  return ['sh', '-c', `env > ${marker}; sha256sum ${directory}/{command}`]
}

describeReal('an address in a file', () => {
  beforeAll(() => sharedCluster().reset())

  it('that is not the one of the environment is an error with both, and neither is asked', async () => {
    await using sink = await startListener()
    await using meant = await startListener()
    await using file = await write({ cluster: { address: sink.address } })

    for (const name of ['plan', 'drift', 'status', 'policy', 'apply', 'rollback']) {
      const run = await runOn(sharedCluster(), [name, '-f', file.path], {
        env: { ...NO_ADDRESS, BAO_ADDR: meant.address },
      })

      expect(run, name).toMatchObject({ exitCode: 1, stdout: '' })
      expect(run.stderr).toContain(`BAO_ADDR is ${meant.address}`)
      expect(run.stderr).toContain(`cluster.address is ${sink.address} (${file.path}:4:16)`)
      expect(run.stderr).toContain(`--address ${meant.address}`)
    }
    expect([sink.connections(), meant.connections()]).toEqual([0, 0])
  })

  it('gives way to --address, and counts where nothing else is said', async () => {
    const [address = ''] = sharedCluster().addresses
    await using sink = await startListener()
    await using wrong = await write({ cluster: { address: sink.address } })
    await using right = await write({ cluster: { address } })

    const settled = await plan(wrong, ['--address', address])
    const alone = await plan(right, [], { env: NO_ADDRESS })
    const agreed = await plan(right, [])

    expect([settled.exitCode, alone.exitCode, agreed.exitCode]).toEqual([0, 0, 0])
    expect(sink.connections()).toBe(0)
  })

  it('is not taken from untrusted files at all', async () => {
    await using sink = await startListener()
    await using file = await write({ cluster: { address: sink.address } })

    const flag = await plan(file, ['--untrusted-files'], { env: NO_ADDRESS })
    const variable = await plan(file, [], {
      env: { ...NO_ADDRESS, LOCKSTEP_UNTRUSTED_FILES: '1' },
    })
    const misspelt = await plan(file, [], { env: { LOCKSTEP_UNTRUSTED_FILES: 'ja' } })
    const trusted = await plan(file, [], {
      env: { ...NO_ADDRESS, LOCKSTEP_UNTRUSTED_FILES: '0' },
    })

    for (const run of [flag, variable]) {
      expect(run).toMatchObject({ exitCode: 1, stdout: '' })
      expect(run.stderr).toContain('takes the address from the command line or the environment')
    }
    expect(misspelt.stderr).toContain('LOCKSTEP_UNTRUSTED_FILES is "ja"; it must be 1 or 0')
    // Only the run that trusts the file has come.
    expect(trusted.exitCode).toBe(1)
    expect(sink.tokens()).toBeGreaterThan(0)
  })
})

describeReal('a node that an untrusted file lists', () => {
  it('gets nothing unless the cluster has it as a member at that address', async () => {
    const { addresses } = sharedCluster()
    await using sink = await startListener()
    await using slipped = await write({ cluster: { nodes: [...addresses, sink.address] } })
    await using own = await write({ cluster: { nodes: addresses } })

    for (const name of ['plan', 'drift', 'status', 'policy']) {
      const run = await runOn(sharedCluster(), [name, '-f', slipped.path, '--untrusted-files'])
      expect(run, name).toMatchObject({ exitCode: 1, stdout: '' })
      expect(run.stderr).toContain(`cluster.nodes lists ${sink.address}, and the cluster at`)
    }
    const members = await plan(own, ['--untrusted-files'])

    expect(members.exitCode).toBe(0)
    expect(sink.connections()).toBe(0)
  })
})

describeReal('a listed node of another cluster', () => {
  /** A standby as those of the cluster are, of the cluster with this id. */
  async function startStandby(change: object) {
    const { body } = await sharedCluster().request<object>(
      await sharedCluster().activeIndex(),
      'GET',
      'sys/health',
    )
    return startListener({ '/v1/sys/health': { ...body, standby: true, ...change } })
  }

  it('is asked which cluster it belongs to, gets no token, and blocks the plan', async () => {
    const { addresses } = sharedCluster()
    await using other = await startStandby({ cluster_id: 'the-id-of-another-cluster' })
    await using listed = await write({ cluster: { nodes: [...addresses, other.address] } })
    await using plain = await write()
    const given = [...addresses, other.address].flatMap((address) => ['--node', address])

    for (const args of [
      ['status', '-f', listed.path],
      ['plan', '-f', listed.path],
      ['drift', '-f', listed.path],
      ['apply', '--auto-approve', '-f', listed.path],
      ['status', ...given],
      ['plan', '-f', plain.path, ...given],
    ]) {
      const run = await runOn(sharedCluster(), args)

      const told = `${run.stdout}${run.stderr}`
      expect(told, args.join(' ')).toContain('this node belongs to another cluster, ')
      expect(told, args.join(' ')).toContain('the-id-of-another-cluster')
      if (args[0] === 'plan' || args[0] === 'apply') expect(run.exitCode, told).toBe(3)
    }
    expect(other.connections()).toBeGreaterThan(0)
    expect(other.tokens()).toBe(0)
  })

  it('gets none where it does not say, and gets one where it says that of the cluster', async () => {
    const { addresses } = sharedCluster()
    await using silent = await startStandby({ cluster_id: '', cluster_name: '' })
    await using own = await startStandby({})
    const status = (node: string) =>
      runOn(sharedCluster(), ['status', ...[...addresses, node].flatMap((one) => ['--node', one])])

    const untold = await status(silent.address)
    await status(own.address)

    expect(untold.stdout).toContain('this node does not say which cluster it belongs to')
    expect(silent.tokens()).toBe(0)
    expect(own.tokens()).toBeGreaterThan(0)
  })
})

describeReal('a command in a file', () => {
  beforeAll(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), [plugin])
  })
  afterAll(() => sharedCluster().reset())

  it('is not run for an untrusted file, and the plan says which checks were not made', async () => {
    await using folder = await makeScratchFolder()
    const marker = join(folder.path, 'ran')
    const verify = [{ run: ['sh', '-c', `touch ${marker}`] }]
    await using file = await write({
      cluster: { binary_check: leaving(marker) },
      mounts: { 'alpha/': { plugin, verify } },
    })

    const run = await plan(file, ['--untrusted-files'])
    const refused = await runOn(sharedCluster(), [
      'apply',
      '--auto-approve',
      '-f',
      file.path,
      '--untrusted-files',
    ])

    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain('checks-not-made')
    expect(run.stdout).toContain('cluster.binary_check` was not run')
    expect(run.stdout).toContain('verify of alpha/')
    expect(refused.exitCode).toBe(3)
    expect(refused.stderr).toContain('no command of the file is run')
    expect(refused.journal).toBe('')
    expect(existsSync(marker)).toBe(false)

    const trusted = await plan(file, [])
    expect(trusted.stdout).not.toContain('checks-not-made')
    expect(existsSync(marker)).toBe(true)
  })

  it('gets neither the token nor a variable that is not passed on purpose', async () => {
    await using folder = await makeScratchFolder()
    const marker = join(folder.path, 'environment')
    await using file = await write({ cluster: { binary_check: leaving(marker) } })
    const env = { CI_SECRET: 'a-secret-of-ci', MEANT: 'a-value-that-is-meant', LC_ALL: 'C' }

    const run = await plan(file, ['--pass-env', 'MEANT'], { env })
    const found = await readFile(marker, 'utf8')
    const missing = await plan(file, ['--pass-env', 'NOT_SET'], { env })

    expect(run.exitCode).toBe(0)
    const names = found.split('\n').flatMap((line) => /^\w+(?==)/.exec(line) ?? [])
    // The shell sets the last three itself.
    const allowed =
      /^(PATH|HOME|USER|LANG|LC_\w+|TMPDIR|TZ|SSH_AUTH_SOCK|LOCKSTEP_(NODE|ADDRESS)|MEANT|PWD|SHLVL|_)$/
    expect(names.filter((name) => !allowed.test(name))).toEqual([])
    expect(names).toEqual(expect.arrayContaining(['MEANT', 'LC_ALL', 'LOCKSTEP_ADDRESS']))
    expect(found).not.toContain(sharedCluster().token)
    expect(missing.exitCode).toBe(1)
    expect(missing.stderr).toContain('--pass-env names NOT_SET, which is not set')
  })
})

describeReal('what an untrusted file names on this machine', () => {
  it('is not read outside its folder, by a link neither', async () => {
    await using outside = await makeScratchFolder({
      sums: `${sharedCluster().pluginSha256(command)}  ${command}\n`,
    })
    const sums = join(outside.path, 'sums')
    await using far = await write({ version: { sha256: { sums } } })
    await using linked = await write({ version: { sha256: { sums: 'link' } } })
    await symlink(sums, join(dirname(linked.path), 'link'))
    await using binary = await write({ version: { sha256: { binary: sums } } })
    await using folder = await makeScratchFolder({ 'prod/': '' })
    await symlink(far.path, join(folder.path, 'prod', 'lockstep.yaml'))
    await using near = await write({ version: { sha256: { sums: 'checksums/sums' } } })
    await mkdir(join(dirname(near.path), 'checksums'))
    await writeFile(join(dirname(near.path), 'checksums', 'sums'), await readFile(sums))

    for (const path of [far.path, linked.path, binary.path, join(folder.path, 'prod')]) {
      const run = await runOn(sharedCluster(), ['plan', '-f', path, '--untrusted-files'])
      expect(run, path).toMatchObject({ exitCode: 1, stdout: '' })
      expect(run.stderr).toContain('lies outside the folder of the desired state')
    }
    expect((await plan(near, ['--untrusted-files'])).exitCode).toBe(0)
    expect((await plan(linked, [])).exitCode).toBe(0)
  })

  it('is no variable: env from one that is not set plans, and apply does not read it', async () => {
    await using file = await write({ version: { env: { A: { from: 'NOT_SET' } } } })
    const apply = ['apply', '--auto-approve', '-f', file.path]

    const run = await plan(file, ['--untrusted-files'])
    const refused = await runOn(sharedCluster(), [...apply, '--untrusted-files'])

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(refused.exitCode).toBe(3)
    expect(refused.stderr).toContain(`${plugin} takes A from the variable NOT_SET`)
  })
})
