/**
 * The pipelines of `examples/`: the lines of each job, in order, against real nodes, with the tokens
 * that the READMEs give each job, and a code host of this machine. Also merge requests of an
 * attacker: their host gets nothing, and nothing of theirs runs.
 */
import { existsSync } from 'node:fs'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { execa } from 'execa'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { startListener } from '../cli/listener.ts'
import { checkout } from '../cli/run-lockstep.ts'
import { makeScratchFolder, type ScratchFolder } from '../cli/scratch-folder.ts'
import { renderSums } from '../cluster/example-sums.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { type AtlantisStage, runStage } from '../examples/atlantis-stages.ts'
import {
  COMPONENTS,
  type ComponentName,
  linesOf,
  readComponent,
  readGitlabDocuments,
} from '../examples/gitlab-jobs.ts'
import { GitlabIssues, OWN_ACCOUNT } from '../examples/gitlab-issues.ts'
import { gitlabSchema } from '../examples/gitlab-schema.ts'
import { makeTokens, type PipelineTokens } from '../examples/tokens.ts'
import { type LinesRun, runLines } from '../examples/run-lines.ts'
import { readNodeMounts } from '../real/node-views.ts'
import { runOn } from '../real/run-on-cluster.ts'
import { type CodeHostServer, startGitlab } from '../review/code-host-server.ts'

interface DesiredState {
  cluster?: Record<string, unknown>
  mounts: Record<string, Record<string, unknown>>
}

/**
 * A checkout of a branch: the default branch has the old version, the branch has
 * `examples/upgrade-versioned` as `change` changes it, and more files.
 */
async function makeRepository(
  change: (state: DesiredState) => void = () => undefined,
  more: Readonly<Record<string, string>> = {},
): Promise<ScratchFolder> {
  const path = join(checkout, 'examples', 'upgrade-versioned', 'lockstep.yaml')
  const text = (await readFile(path, 'utf8')).replaceAll('../SHA256SUMS', 'SHA256SUMS')
  const state = parse(text) as DesiredState
  const folder = await makeScratchFolder({
    'lockstep.yaml': text.replace('use: v0.21.0', 'use: v0.16.2'),
    SHA256SUMS: renderSums(sharedCluster().description),
  })
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder.path })
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'the default branch')
  await git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  change(state)
  const files = { 'lockstep.yaml': stringify(state), ...more }
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder.path, name), content)
  }
  return folder
}

/** An address and commands in the file. */
function withCommands(marker: string, address: string): (state: DesiredState) => void {
  return (state) => {
    const leave = `env > ${marker}`
    state.cluster = { address, binary_check: ['sh', '-c', `${leave}; sha256sum {command}`] }
    state.mounts['alpha/']!['verify'] = [{ run: ['sh', '-c', leave] }]
  }
}

/** The SHA-256 that `beta/` runs on each node. */
async function running(): Promise<readonly (string | undefined)[]> {
  const views = [...(await readNodeMounts(sharedCluster())).values()]
  return [...new Set(views.map((mounts) => mounts.get('beta/')?.running_sha256))]
}

const before = () => [sharedCluster().pluginSha256('secrets-kv-0.16.2')]
const after = () => [sharedCluster().pluginSha256('secrets-kv-0.21.0')]

async function planIn(folder: string, name = 'plan.json'): Promise<Plan> {
  return JSON.parse(await readFile(join(folder, name), 'utf8')) as Plan
}

async function tokens(): Promise<PipelineTokens> {
  await using repository = await makeRepository()
  return await makeTokens(sharedCluster(), join(repository.path, 'lockstep.yaml'))
}

async function resetStates(): Promise<void> {
  await sharedCluster().reset()
  await makeExampleStates(sharedCluster(), ['secret/team-kv'])
}

describeReal('the pipeline for GitLab', () => {
  let host: CodeHostServer
  let scopes: Readonly<Record<string, Readonly<Record<string, string>>>>
  beforeEach(async () => {
    await resetStates()
    const { read, write } = await tokens()
    scopes = {
      'lockstep-plan': { BAO_TOKEN: read },
      'lockstep-comment': { GITLAB_TOKEN: 'glpat-aVeryLongTokenOfAJob0123456789' },
      'lockstep-apply': { BAO_TOKEN: write },
    }
    host = await startGitlab()
  })
  afterEach(() => host[Symbol.asyncDispose]())
  afterAll(() => sharedCluster().reset())

  const inputs = (component: ComponentName) => ({
    address: sharedCluster().addresses[0] ?? '',
    image: 'any',
    ...(component === 'drift' && { issue_image: 'any' }),
  })

  /** Runs a job in a checkout, with the variables of its environment and no others. */
  async function run(
    component: ComponentName,
    name: string,
    { cwd, jobInputs }: { readonly cwd: string; readonly jobInputs?: Record<string, string> },
  ): Promise<LinesRun> {
    const job = (await readComponent(component, inputs(component)))[name]
    if (job === undefined) throw new Error(`there is no job ${name}`)
    return runLines({
      // As they stand, but for the time between two readings.
      script: linesOf(job, jobInputs).map((line) => line.replace('--after 20s', '--after 1s')),
      cwd,
      env: {
        ...{ CI: 'true', GITLAB_CI: 'true', CI_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '12' },
        CI_API_V4_URL: host.base,
        CI_MERGE_REQUEST_DIFF_BASE_SHA: 'main',
      },
      secrets: scopes[job.environment.name] ?? {},
    })
  }

  /** `lockstep-comment`, which gets the artifact and checks nothing out. */
  async function comment(from: string): Promise<LinesRun> {
    await using empty = await makeScratchFolder()
    if (existsSync(join(from, 'plan.json'))) {
      await copyFile(join(from, 'plan.json'), join(empty.path, 'plan.json'))
    }
    return await run('plan', 'lockstep-comment', { cwd: empty.path })
  }

  /** `lockstep-drift-issue`, which gets the artifacts and checks nothing out. */
  async function reportDrift(from: string): Promise<LinesRun> {
    await using empty = await makeScratchFolder()
    for (const name of ['drift.md', 'drift.result']) {
      await copyFile(join(from, name), join(empty.path, name))
    }
    return await run('drift', 'lockstep-drift-issue', { cwd: empty.path })
  }

  it('fits the published schema, and is for the events that its jobs are for', async () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(await gitlabSchema())
    for (const [path, document] of await readGitlabDocuments()) {
      expect(validate(document), `${path}: ${JSON.stringify(validate.errors)}`).toBe(true)
    }
    // The schema can refuse.
    expect(validate({ job: { script: ['x'], environment: { action: 'none' } } })).toBe(false)

    const events = new Map<string, string[]>()
    for (const component of COMPONENTS) {
      for (const [name, { rules }] of Object.entries(
        await readComponent(component, inputs(component)),
      )) {
        const told = rules.map(({ if: condition, when = 'on_success' }) => {
          const [, source = ''] = /"(\w+)"/.exec(condition) ?? []
          return `${source}, ${when}`
        })
        events.set(name, told)
      }
    }
    expect(Object.fromEntries(events)).toEqual({
      'lockstep-plan': ['merge_request_event, on_success'],
      'lockstep-comment': ['merge_request_event, always'],
      'lockstep-plan-merged': ['push, on_success'],
      'lockstep-apply': ['push, manual'],
      'lockstep-drift': ['schedule, on_success'],
      'lockstep-drift-issue': ['schedule, on_success'],
    })
  })

  it('comments the plan, and applies exactly the reviewed one', async () => {
    await using request = await makeRepository()
    await using merged = await makeRepository()

    const planned = await run('plan', 'lockstep-plan', { cwd: request.path })
    const commented = await comment(request.path)
    const { plan_id } = await planIn(request.path)
    const replanned = await run('apply', 'lockstep-plan-merged', { cwd: merged.path })

    for (const one of [planned, commented, replanned]) expect(one.exitCode, one.output).toBe(0)
    expect(host.comments).toHaveLength(1)
    expect(host.comments[0]?.body).toContain(`Plan \`${plan_id}\``)
    expect(host.mistakes()).toEqual([])
    expect((await planIn(merged.path)).plan_id).toBe(plan_id)

    const apply = (id: string | undefined) =>
      run('apply', 'lockstep-apply', {
        cwd: merged.path,
        ...(id !== undefined && { jobInputs: { plan_id: id } }),
      })
    const [none, other] = [await apply(undefined), await apply('0'.repeat(64))]
    await expect(apply('$(id)')).rejects.toThrow('does not fit its regex')
    expect([none.exitCode, other.exitCode], none.output + other.output).toEqual([4, 4])
    expect(await running()).toEqual(before())

    const applied = await apply(plan_id)
    expect(applied.exitCode, applied.output).toBe(0)
    expect(await running()).toEqual(after())
  })

  it('opens one issue for drift, updates it, and closes it', async () => {
    await using repository = await makeRepository()
    const known = new GitlabIssues()
    host.more = (...request) => known.answer(...request)
    // Of another account, which may change it at any time.
    const title = 'Drift of plugin versions'
    const labels = ['lockstep-drift']
    known.open({ author: 7, labels, title, description: 'forged' })
    const drift = async (): Promise<LinesRun> => {
      const found = await run('drift', 'lockstep-drift', { cwd: repository.path })
      expect(found.exitCode, found.output).toBe(0)
      return await reportDrift(repository.path)
    }
    const mine = () => known.issues.filter(({ author }) => author === OWN_ACCOUNT)

    const opened = await drift()
    const updated = await drift()
    await writeFile(join(repository.path, 'drift.result'), 'unknown\n')
    const unknown = await reportDrift(repository.path)

    for (const one of [opened, updated]) expect(one.exitCode, one.output).toBe(0)
    expect(unknown.exitCode, unknown.output).toBe(1)
    expect(mine()).toMatchObject([{ title, labels, state: 'opened', notes: [] }])
    expect(mine()[0]?.description).toMatch(/^- \*\*version-differs\*\* .*`beta\/`/m)
    // A line that begins with a slash could be a command of GitLab.
    expect(mine()[0]?.description).not.toMatch(/^\s*\//m)

    const file = join(repository.path, 'lockstep.yaml')
    const applied = await runOn(sharedCluster(), ['apply', '--auto-approve', '-f', file])
    expect(applied.exitCode, applied.stderr).toBe(0)
    const settled = await drift()
    const again = await drift()

    for (const one of [settled, again]) expect(one.exitCode, one.output).toBe(0)
    expect(mine()).toMatchObject([{ state: 'closed', notes: ['No drift any more.'] }])
    expect(known.issues[0]).toMatchObject({ state: 'opened', description: 'forged' })
    expect(host.mistakes()).toEqual([])
    expect(host.requests.filter((request) => request.startsWith('P'))).toEqual([
      'POST /projects/5/issues',
      'PUT /projects/5/issues/2',
      'POST /projects/5/issues/2/notes',
      'PUT /projects/5/issues/2',
    ])

    host.disturb('GET', { status: 401, body: { message: '401 Unauthorized' } })
    const refused = await reportDrift(repository.path)
    expect(refused.exitCode).not.toBe(0)
    expect(refused.output).toContain('401')
  })

  it('refuses what was merged if it is not what was reviewed, and comments a blocked plan', async () => {
    await using request = await makeRepository()
    await using merged = await makeRepository((state) => delete state.mounts['gamma/'])
    await using blocked = await makeRepository((state) => {
      state.mounts['nowhere/'] = { plugin: 'secret/team-kv' }
    })

    await run('plan', 'lockstep-plan', { cwd: request.path })
    const { plan_id } = await planIn(request.path)
    await run('apply', 'lockstep-plan-merged', { cwd: merged.path })
    const refused = await run('apply', 'lockstep-apply', {
      cwd: merged.path,
      jobInputs: { plan_id },
    })
    const block = await run('plan', 'lockstep-plan', { cwd: blocked.path })
    const commented = await comment(blocked.path)

    expect(refused.exitCode, refused.output).toBe(4)
    expect(await running()).toEqual(before())
    expect(block.exitCode, block.output).toBe(3)
    expect(commented.exitCode, commented.output).toBe(0)
    expect(host.comments[0]?.body).toContain('Blocked by')
  })

  it('runs nothing and asks no host that a merge request names, and takes no plan from it', async () => {
    await using sink = await startListener()
    await using outside = await makeScratchFolder()
    const marker = join(outside.path, 'ran')
    await using attack = await makeRepository(withCommands(marker, sink.address), {
      'plan.json': 'the plan of an attacker',
    })
    const planned = await run('plan', 'lockstep-plan', { cwd: attack.path })
    const commented = await comment(attack.path)
    await using node = await makeRepository(
      (state) => (state.cluster = { nodes: [...sharedCluster().addresses, sink.address] }),
      { 'plan.json': await readFile(join(attack.path, 'plan.json'), 'utf8') },
    )
    const listed = await run('plan', 'lockstep-plan', { cwd: node.path })
    const silent = await comment(node.path)
    const drift = await run('drift', 'lockstep-drift', { cwd: attack.path })

    expect(planned.exitCode, planned.output).toBe(0)
    expect(planned.output).toContain('checks-not-made')
    expect(commented.exitCode, commented.output).toBe(0)
    // The reviewer sees what would run after the merge.
    expect(host.comments[0]?.body).toContain(`env > ${marker}`)
    expect(listed.exitCode, listed.output).toBe(1)
    expect(silent.exitCode, silent.output).toBe(1)
    expect(host.comments).toHaveLength(1)
    expect(drift.exitCode, drift.output).toBe(0)
    expect(await readFile(join(attack.path, 'drift.result'), 'utf8')).toBe('found\n')
    expect(existsSync(marker)).toBe(false)
    expect(sink.connections()).toBe(0)
  })
})

describeReal('the workflow for Atlantis', () => {
  let folder: ScratchFolder
  beforeEach(async () => {
    await resetStates()
    const { read, write } = await tokens()
    folder = await makeScratchFolder({ 'plan-token': `${read}\n`, 'apply-token': `${write}\n` })
  })
  afterEach(() => folder[Symbol.asyncDispose]())
  afterAll(() => sharedCluster().reset())

  function stage(name: AtlantisStage, repository: ScratchFolder): Promise<LinesRun> {
    return runStage(name, {
      cwd: repository.path,
      address: sharedCluster().addresses[0] ?? '',
      settings: folder.path,
    })
  }

  it('plans and applies the plan file that it keeps, and refuses it for another file', async () => {
    await using repository = await makeRepository()

    const planned = await stage('plan', repository)
    expect(planned.exitCode, planned.output).toBe(0)
    const path = join(repository.path, 'lockstep.yaml')
    const reviewed = await readFile(path, 'utf8')
    await writeFile(path, reviewed.replace('canary: true', 'canary: false'))
    const changed = await stage('apply', repository)
    expect(changed.exitCode, changed.output).toBe(4)
    expect(await running()).toEqual(before())

    await writeFile(path, reviewed)
    const applied = await stage('apply', repository)
    expect(applied.exitCode, applied.output).toBe(0)
    expect(await running()).toEqual(after())
  })

  it('runs nothing and asks no host that a pull request names', async () => {
    await using sink = await startListener()
    await using outside = await makeScratchFolder()
    const marker = join(outside.path, 'ran')
    await using attack = await makeRepository(withCommands(marker, sink.address))

    const planned = await stage('plan', attack)
    const applied = await stage('apply', attack)

    expect(planned.exitCode, planned.output).toBe(0)
    expect(applied.exitCode, applied.output).toBe(3)
    expect(await running()).toEqual(before())
    expect(existsSync(marker)).toBe(false)
    expect(sink.connections()).toBe(0)
  })
})
