/** Commands that only look: the file's checks alone, the policy for that, and a run that died. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { type Ended, Workplace } from '../faults/run-program.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'

const plugin = 'secret/team-kv'

describeReal('looking alone', () => {
  let place: Workplace
  let folder: string
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), [plugin])
    place = await Workplace.make(sharedCluster().token)
    folder = await mkdtemp(join(tmpdir(), 'lockstep-looking-'))
  })
  afterEach(async () => {
    await place[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  afterAll(() => sharedCluster().reset())

  it('verify makes the checks of every node, after it has listed the commands', async () => {
    const nodes = (await sharedCluster().servingIndices()).length
    await using file = await desired(`[ ! -e ${folder}/fails ]`)

    const well = await run('verify', file)
    await writeFile(join(folder, 'fails'), '')
    const ill = await run('verify', file)

    expect(well.exitCode).toBe(0)
    expect(well.stderr).toMatch(/These commands run on this machine.*\n\s+alpha\/: sh -c /)
    expect(well.stdout).toContain(`${String(nodes)} checks passed, 0 failed.`)
    expect(ill.exitCode).toBe(1)
    expect(ill.stdout.match(/^FAILED {2}alpha\/ on /gm)).toHaveLength(nodes)
  })

  it('policy without a file gives what import and status read, and no write', async () => {
    const printed = await place.run(['policy', ...where()])

    expect(printed.exitCode).toBe(0)
    expect(printed.stdout).toContain('path "sys/mounts"')
    expect(printed.stdout).toContain('path "sys/plugins/catalog/secret/team-kv"')
    // The token's own renewal and the question after its rights are the only posts.
    const writing = printed.stdout
      .split('\n')
      .filter((line) => /"(create|update|delete)"/.test(line))
    for (const line of writing) expect(line).toMatch(/renew-self|capabilities-self/)

    const looking = await Workplace.make(await tokenWith(printed.stdout))
    try {
      const imported = await looking.run(['import', ...where()])
      expect(imported.exitCode).toBe(0)
      expect(imported.stdout).toContain('secret/team-kv')
      expect(imported.stderr).not.toContain('permission denied')
    } finally {
      await looking[Symbol.asyncDispose]()
    }
  })

  it('drift and doctor tell of a run that died', async () => {
    await using file = await desired(`kill -9 $PPID; sleep 5`)

    const died = await run('apply', file, ['--auto-approve', '--journal', place.journals])
    const drift = await run('drift', file, ['--journal', place.journals])
    const doctor = await run('doctor', file, ['--journal', place.journals])

    expect(died.exitCode).toBeNull()
    expect(doctor.exitCode).toBe(0)
    expect(doctor.stdout).toMatch(/^warning +journal +The latest run of this machine died/m)
    const [name = ''] = place.runs()
    expect(drift.stderr).toContain(`Run ${name} `)
    expect(drift.stderr).toContain('died before its end')
  })

  function desired(check: string): Promise<DesiredFile> {
    const cluster = sharedCluster()
    const binary = (of: 'secrets-kv-0.16.2' | 'secrets-kv-0.21.0') => {
      return { command: of, sha256: cluster.pluginSha256(of) }
    }
    return writeDesired({
      plugins: {
        [plugin]: {
          use: 'v0.21.0',
          versions: {
            'v0.16.2': binary('secrets-kv-0.16.2'),
            'v0.21.0': binary('secrets-kv-0.21.0'),
          },
        },
      },
      mounts: { 'alpha/': { plugin, canary: true, verify: [{ run: ['sh', '-c', check] }] } },
    })
  }

  function run(command: string, file: DesiredFile, flags: readonly string[] = []): Promise<Ended> {
    return place.run([command, '-f', file.path, ...where(), ...flags])
  }

  function where(): string[] {
    return ['--address', sharedCluster().addresses[0] ?? '']
  }

  async function tokenWith(policy: string): Promise<string> {
    const cluster = sharedCluster()
    await cluster.request(0, 'PUT', 'sys/policies/acl/looking', { body: { policy } })
    const body = { policies: ['looking'], ttl: '1h' }
    const { body: answer } = await cluster.request(0, 'POST', 'auth/token/create', { body })
    return (answer as { auth: { client_token: string } }).auth.client_token
  }
})
