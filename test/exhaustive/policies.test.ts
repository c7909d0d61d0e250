/** The policies of `examples/policy/`: their own tests, and real saved plans of a production cluster. */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { checkout } from '../cli/run-lockstep.ts'
import { makeScratchFolder, type ScratchFolder } from '../cli/scratch-folder.ts'
import { ensureTool } from '../cluster/cache.ts'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeOwn } from '../cluster/shared-cluster.ts'
import { runStage } from '../examples/atlantis-stages.ts'
import { type LinesRun, runLines } from '../examples/run-lines.ts'
import { runOn } from '../real/run-on-cluster.ts'

const FILES = ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'] as const satisfies readonly PluginFile[]

/** The shell blocks of the README: the two commands. */
async function commands(): Promise<readonly [verify: string, test: string]> {
  const page = await readFile(join(checkout, 'examples', 'policy', 'README.md'), 'utf8')
  const [verify, test, ...more] = [...page.matchAll(/^ {4}(conftest .*)$/gm)].map(([, one]) => one)
  if (verify === undefined || test === undefined || more.length > 0) {
    throw new Error('the README must have two commands')
  }
  return [verify, test]
}

describeOwn('the policies', () => {
  let cluster: TestCluster
  /** With `examples/policy`, whose list has the binaries as they were built here. */
  let folder: ScratchFolder
  let conftest: string

  beforeAll(async () => {
    conftest = await ensureTool('conftest')
    cluster = await startCluster({ plugins: FILES, clusterName: 'prod-test' })
    await makeExampleStates(cluster, ['secret/my-kv', 'secret/team-kv'])
    folder = await makeScratchFolder()
    const policy = join(folder.path, 'examples', 'policy')
    await cp(join(checkout, 'examples', 'policy'), policy, { recursive: true })
    const sums = await readFile(join(checkout, 'examples', 'SHA256SUMS'), 'utf8')
    const list = FILES.reduce(
      (text, file) => {
        const [sum = ''] = new RegExp(`^\\w+(?=  ${file}$)`, 'm').exec(sums) ?? []
        return text.replaceAll(sum, cluster.pluginSha256(file))
      },
      await readFile(join(policy, 'allowed.yaml'), 'utf8'),
    )
    await writeFile(join(policy, 'allowed.yaml'), list)
  })
  afterAll(async () => {
    await cluster.stop()
    await folder[Symbol.asyncDispose]()
  })

  function run(script: string): Promise<LinesRun> {
    const programs = { conftest }
    return runLines({ script, cwd: folder.path, env: {}, secrets: {}, programs })
  }

  /** Saves the plan of a desired state as `plan.json`, and judges it as the README says. */
  async function judge(state: object, ...args: string[]): Promise<LinesRun> {
    const file = join(folder.path, 'lockstep.yaml')
    await writeFile(file, stringify({ version: 1, ...state }))
    const out = join(folder.path, 'plan.json')
    const planned = await runOn(cluster, ['plan', '-f', file, '--out', out, ...args])
    expect(planned.exitCode, planned.stdout + planned.stderr).toBe(0)
    return run((await commands())[1])
  }

  const binary = (file: PluginFile) => ({
    command: file,
    sha256: cluster.pluginSha256(file),
    data: { upgrade_from: '*', downgrade_to: '*' },
  })
  const state = (more: object = {}, version: object = {}) => ({
    plugins: {
      'secret/team-kv': {
        use: 'v0.21.0',
        versions: {
          'v0.16.2': binary('secrets-kv-0.16.2'),
          'v0.21.0': { ...binary('secrets-kv-0.21.0'), ...version },
        },
      },
    },
    ...more,
  })
  const day = (days: number) =>
    new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
  const waiver = (until?: string) => ({
    allow: [{ rule: 'siblings', subject: 'secret/team-kv', because: 'tried', by: 'Ana', until }],
  })

  it('pass their own tests, and are formatted', async () => {
    const verified = await run((await commands())[0])
    const formatted = await run('conftest fmt --check examples/policy')

    expect(verified.exitCode, verified.output).toBe(0)
    expect(verified.output).toMatch(/\b[1-9]\d* passed, 0 warnings, 0 failures/)
    expect(formatted.exitCode, formatted.output).toBe(0)
  })

  it('let a good plan pass', async () => {
    const plain = await judge(state())
    const waived = await judge(state(waiver(day(13))))

    for (const one of [plain, waived]) expect(one.exitCode, one.output).toBe(0)
    expect(plain.output).toMatch(/, 0 warnings, 0 failures/)
  })

  it.each<[string, () => Promise<LinesRun>, string]>([
    [
      'a waiver without a last day',
      () => judge(state(waiver())),
      'The waiver of siblings for secret/team-kv never ends.',
    ],
    [
      'a waiver of the command line',
      () => judge(state(), '--allow', 'siblings=secret/team-kv'),
      'The waiver of siblings for secret/team-kv never ends.',
    ],
    [
      'a waiver that holds too long',
      () => judge(state(waiver(day(30)))),
      'It must end within 14 days of the plan.',
    ],
    [
      'a binary that is not in the list',
      () => judge({ plugins: { 'secret/my-kv': unversioned() } }, '--allow', DATA),
      'secret/my-kv unversioned with SHA-256 ',
    ],
    [
      'a plan without rollback and without a canary',
      () => judge(intoVersions({})),
      'secret/my-kv on prod-test: ',
    ],
  ])('refuse %s', async (_, plan, message) => {
    const refused = await plan()

    expect(refused.exitCode, refused.output).toBe(1)
    expect(refused.output).toContain(message)
  })

  it('accept a plan without rollback that begins with a canary', async () => {
    const run = await judge(intoVersions({ 'team-a/': { plugin: 'secret/my-kv', canary: true } }))

    expect(run.output).not.toContain('secret/my-kv on prod-test: ')
    expect(run.output).toContain('secret/my-kv v0.21.0 with SHA-256 ')
  })

  it('refuse a document that is no plan of this format', async () => {
    await judge(state())
    const path = join(folder.path, 'plan.json')
    const plan = JSON.parse(await readFile(path, 'utf8')) as object
    await writeFile(path, JSON.stringify({ ...plan, format: 3 }))

    const refused = await run((await commands())[1])

    expect(refused.exitCode).toBe(1)
    expect(refused.output).toContain('This is not a plan of format 2')
  })

  it('are what Atlantis runs: its output has the word "fail" only if they refuse', async () => {
    const stage = () =>
      runStage('policy_check', {
        cwd: folder.path,
        address: '',
        settings: join(folder.path, 'examples'),
        programs: { conftest },
      })
    const file = join(folder.path, 'default.tfplan')
    await judge(state())
    await cp(join(folder.path, 'plan.json'), file)
    const passed = await stage()
    await judge(state(waiver()))
    await cp(join(folder.path, 'plan.json'), file)
    const refused = await stage()

    expect(passed.exitCode, passed.output).toBe(0)
    expect(passed.output).not.toMatch(/fail/i)
    expect(refused.exitCode).toBe(1)
    expect(refused.output).toMatch(/fail/i)
    expect(refused.output).toContain('never ends')
  })

  const DATA = 'data-upgrade=secret/my-kv'
  const unversioned = () => ({
    use: 'unversioned',
    versions: { unversioned: binary('secrets-kv-0.21.0') },
  })
  /** From no version to a version: there is no way back to none. */
  const intoVersions = (mounts: object) => ({
    plugins: {
      'secret/my-kv': { use: 'v0.21.0', versions: { 'v0.21.0': binary('secrets-kv-0.21.0') } },
    },
    mounts,
    allow: ['data-upgrade', 'unchecked-without-rollback', 'no-rollback'].map((rule) => ({
      rule,
      subject: 'secret/my-kv',
      because: 'tried',
      by: 'Ana',
      until: day(7),
    })),
  })
})
