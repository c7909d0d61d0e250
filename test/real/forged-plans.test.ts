/** Plan files edited by hand, each with the id of its content: none does more than a planner would. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import type { Binary } from '../../src/documents/desired-state.generated.ts'
import type { Action, Plan } from '../../src/documents/plan.generated.ts'
import { planId } from '../../src/plan/make-plan.ts'
import { startListener } from '../cli/listener.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { readExternalEntries, readNodeMounts } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

describeReal('a forged plan file', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), ['secret/team-kv'])
  })
  afterAll(() => sharedCluster().reset())

  const forgeries: [string, number, (plan: Plan) => Plan][] = [
    [
      'a deregister of a path',
      1,
      first({ kind: 'deregister', plugin: 'secret/../../../mounts/alpha', version: '' }),
    ],
    [
      'a repoint of sys/seal',
      1,
      first({
        kind: 'repoint',
        connection: 'sys/seal?/config/x',
        namespace: '',
        version: 'v1.0.0',
      }),
    ],
    [
      'a tune of sys/rotate',
      1,
      first({ kind: 'tune', mount: 'x/../../rotate?/', namespace: '', version: 'v1.0.0' }),
    ],
    [
      'a deregister of a version in use',
      4,
      first({ kind: 'deregister', plugin: 'secret/team-kv', version: 'v0.16.2' }),
    ],
    [
      'a retirement of a version that a mount is told to use, without findings',
      1,
      (plan) => ({ ...retiring(plan), findings: [] }),
    ],
    ['other arguments and a variable of this machine', 4, withSecretVariable],
    ['a lock whose path leaves its mount', 1, (plan) => withLock(plan, 'apps/../sys/mounts/alpha')],
    ['the token for a plugin, in its desired state too', 1, withVariable('BAO_TOKEN')],
    ['a date in the year 2999', 4, (plan) => ({ ...plan, created_at: '2999-01-01T00:00:00.000Z' })],
    ['a date that is none', 4, (plan) => ({ ...plan, created_at: 'yesterday' })],
  ]

  it.each(forgeries)('is refused for %s, and nothing changes', async (_, exitCode, forge) => {
    await using saved = await save()
    await saved.forge(forge)
    const before = await readAll()

    for (const flags of [[], ['-f', saved.file.path]]) {
      const run = await apply(saved, flags)

      expect({ exitCode: run.exitCode, stderr: run.stderr }).toMatchObject({ exitCode })
      expect(run.journal).toBe('')
    }
    expect(await readAll()).toEqual(before)
  })

  it('rolls back by its own plan, not by the undo of the file, and tells its own rehearsal', async () => {
    await using saved = await save()
    await saved.forge((plan) => ({
      ...plan,
      rehearsal: { stopping_points: 99, safe: 99, unsafe: [] },
      steps: plan.steps.map((step) => ({
        ...step,
        undo: [action({ kind: 'deregister', plugin: 'secret/../../../mounts/gamma', version: '' })],
      })),
    }))

    const run = await apply(saved)

    expect(run.exitCode).toBe(0)
    expect(run.stdout).not.toContain('99 of 99')
    expect(run.journal).not.toContain('..')
    for (const mounts of (await readNodeMounts(sharedCluster())).values()) {
      expect(mounts.has('gamma/')).toBe(true)
    }
  })

  it('runs no command of it before it is approved', async () => {
    await using saved = await save()
    const marker = join(dirname(saved.path), 'marker')
    const command = ['touch', marker, join(dirname(saved.path), '{command}')]
    await saved.forge((plan) => ({
      ...plan,
      cluster: { ...plan.cluster, binary_check: { command, files: [] } },
      desired: { ...plan.desired, cluster: { binary_check: command } },
    }))

    const asked = await runOn(sharedCluster(), ['apply', saved.path], { answer: 'no' })
    const shown = await runOn(sharedCluster(), ['show', saved.path])
    const ranBefore = existsSync(marker)
    const approved = await apply(saved)

    expect(asked.stdout).toContain('binary_check touch')
    expect(shown.stdout).toContain('binary_check touch')
    expect(ranBefore).toBe(false)
    // Approved, it runs; its output is no hash, so nothing is begun.
    expect(existsSync(marker)).toBe(true)
    expect(approved).toMatchObject({ exitCode: 3, journal: '' })
  })

  it('shows an allowance that only it has, and beside its file takes it only if it is repeated', async () => {
    await using saved = await save()
    const allowance = {
      rule: 'siblings',
      subject: 'secret/team-kv',
      because: 'allowed on the command line',
    }
    await saved.forge((plan) => ({ ...plan, desired: { ...plan.desired, allow: [allowance] } }))
    const before = await readAll()
    const withFile = ['-f', saved.file.path]

    const shown = await runOn(sharedCluster(), ['show', saved.path])
    const silent = await apply(saved, withFile)
    const unchanged = await readAll()
    const repeated = await apply(saved, [...withFile, '--allow', 'siblings=secret/team-kv'])

    expect(shown.stdout).toMatch(/Accepted findings\n {2}siblings {2}secret\/team-kv\n/)
    expect(silent).toMatchObject({ exitCode: 4, journal: '' })
    expect(silent.stderr).toContain('--allow siblings=secret/team-kv')
    expect(unchanged).toEqual(before)
    expect(repeated.exitCode).toBe(0)
  })

  const withoutFindings = (plan: Plan): Plan => ({ ...plan, findings: [] })
  const declared = (plan: Plan): Plan => withoutFindings(changeNewVersion(plan, DECLARED))
  const downgrades: [string, (plan: Plan) => Plan, object, number][] = [
    ['without its findings', withoutFindings, {}, 3],
    ['without its findings, beside a file that allows more', withoutFindings, DECLARED, 4],
    ['with a declaration that its file does not have', declared, {}, 4],
  ]

  it.each(downgrades)('does not downgrade a plugin %s', async (_, forge, inFile, exitCode) => {
    await using up = await save()
    expect(await apply(up)).toMatchObject({ exitCode: 0 })
    await using saved = await save({ use: 'v0.16.2', exitCode: 3 })
    await using file = await writeKv({ use: 'v0.16.2', details: inFile })
    await saved.forge(forge)
    const before = await readAll()

    const run = await apply(saved, ['-f', file.path])

    expect(run).toMatchObject({ exitCode, journal: '' })
    expect(run.stdout + run.stderr).toContain(exitCode === 3 ? 'data-downgrade' : 'downgrade_to')
    expect(await readAll()).toEqual(before)
  })

  it('judges a plan anew whose findings were removed', async () => {
    await using up = await save()
    expect(await apply(up)).toMatchObject({ exitCode: 0 })
    await using saved = await save({ use: 'v0.16.2', exitCode: 3 })
    await saved.forge(withoutFindings)
    const before = await readAll()

    const run = await apply(saved)

    expect(run).toMatchObject({ exitCode: 3, journal: '' })
    expect(run.stdout).toContain('data-downgrade  secret/team-kv')
    expect(await readAll()).toEqual(before)
  })

  it('writes no lock over the secret of an application', async () => {
    const active = await sharedCluster().activeIndex()
    const mount = { type: 'kv', options: { version: '2' } }
    const secret = { data: { password: 'of-an-application' } }
    await demand(active, 'sys/mounts/apps', mount)
    await waitUntil('the mount takes a secret', () => demand(active, 'apps/data/billing', secret))
    const read = () => sharedCluster().request<object>(active, 'GET', 'apps/data/billing')
    const written = await read()
    await using saved = await save()
    await saved.forge((plan) => withLock(plan, 'apps/billing'))
    const before = await readAll()

    const shown = await runOn(sharedCluster(), ['show', saved.path])
    const run = await apply(saved)
    const beside = await apply(saved, ['-f', saved.file.path])

    expect(shown.stdout).toContain('apps/billing')
    expect(run).toMatchObject({ exitCode: 1, journal: '' })
    expect(run.stderr).toContain('apps/billing, and the secret there is not a lock')
    expect(beside).toMatchObject({ exitCode: 4, journal: '' })
    const { status, body } = await read()
    expect({ status, data: body['data' as never] }).toEqual({
      status: 200,
      data: written.body['data' as never],
    })
    expect(await readAll()).toEqual(before)
  })

  it('shows before approval which variable of this machine a plugin gets', async () => {
    await using saved = await save()
    await saved.forge(withVariable('AWS_SECRET_ACCESS_KEY'))
    const before = await readAll()

    const shown = await runOn(sharedCluster(), ['show', saved.path])
    const markdown = await runOn(sharedCluster(), ['show', '--markdown', saved.path])
    const asked = await runOn(sharedCluster(), ['apply', saved.path], {
      answer: 'no',
      env: MACHINE,
    })
    const beside = await apply(saved, ['-f', saved.file.path])

    for (const { stdout } of [shown, markdown, asked]) {
      expect(stdout).toContain('env X (from AWS_SECRET_ACCESS_KEY)')
    }
    expect(asked).toMatchObject({ exitCode: 1, journal: '' })
    expect(beside).toMatchObject({ exitCode: 4, journal: '' })
    expect(await readAll()).toEqual(before)
  })

  it('gives the token to no plugin, also from a variable with another name', async () => {
    await using saved = await save()
    await saved.forge(withVariable('TOKEN_OF_THE_PIPELINE'))
    const before = await readAll()

    const run = await runOn(sharedCluster(), ['apply', saved.path, '--auto-approve'], {
      env: { TOKEN_OF_THE_PIPELINE: sharedCluster().token },
    })

    expect(run).toMatchObject({ exitCode: 3, journal: '' })
    expect(run.stderr).toContain(
      'secret/team-kv v0.21.0 gets the token as X from the variable TOKEN_OF_THE_PIPELINE',
    )
    expect(run.stdout + run.stderr).not.toContain(sharedCluster().token)
    expect(await readAll()).toEqual(before)
  })

  it('sends nothing to an address that only it names', async () => {
    await using saved = await save()
    await using sink = await startListener()
    const node = sink.address as Plan['cluster']['nodes'][number]['address']
    await saved.forge((plan) => ({
      ...plan,
      cluster: { ...plan.cluster, nodes: [{ address: node, role: 'active', state: 'serving' }] },
      steps: plan.steps.map((step) =>
        step.action.kind === 'reload' ? { ...step, action: { ...step.action, node } } : step,
      ),
    }))
    const before = await readAll()

    const run = await apply(saved)

    expect(run.exitCode).toBe(4)
    expect(sink.connections()).toBe(0)
    expect(await readAll()).toEqual(before)
  })
})

function action(one: object): Action {
  return one as Action
}

function first(forged: object): (plan: Plan) => Plan {
  return (plan) => {
    const [step, ...others] = plan.steps
    if (step === undefined) throw new Error('the plan has no steps')
    return { ...plan, steps: [{ ...step, action: action(forged) }, ...others] }
  }
}

function retiring(plan: Plan): Plan {
  const { 'secret/team-kv': kv, ...others } = plan.desired.plugins ?? {}
  if (kv === undefined) throw new Error('the plan has no such plugin')
  const forged = { ...kv, use: 'v0.16.2', retire: ['v0.16.2'] }
  const desired = {
    ...plan.desired,
    plugins: { ...others, 'secret/team-kv': { ...forged, versions: {} } },
  }
  return first({ kind: 'deregister', plugin: 'secret/team-kv', version: 'v0.16.2' })({
    ...plan,
    desired,
  })
}

function withLock(plan: Plan, kv: string): Plan {
  return {
    ...plan,
    cluster: { ...plan.cluster, lock: kv },
    desired: { ...plan.desired, cluster: { ...plan.desired.cluster, lock: { kv } } },
  }
}

const DECLARED = { data: { downgrade_to: '>=0.16.0' } }

/** Of what the plan was made of. */
function changeNewVersion(plan: Plan, details: Partial<Binary>): Plan {
  const { 'secret/team-kv': kv, ...others } = plan.desired.plugins ?? {}
  const { 'v0.21.0': newer, ...older } = kv?.versions ?? {}
  if (newer === undefined) throw new Error('the plan has no such version')
  const versions = { ...older, 'v0.21.0': { ...newer, ...details } }
  const plugins = { ...others, 'secret/team-kv': { ...kv, versions } }
  return { ...plan, desired: { ...plan.desired, plugins } }
}

/** As a planner writes it: in the step and in what the plan was made of. */
function withVariable(from: string): (plan: Plan) => Plan {
  return (plan) => ({
    ...changeNewVersion(plan, { env: { X: { from } } }),
    steps: plan.steps.map((step) =>
      step.action.kind === 'register'
        ? { ...step, action: { ...step.action, env: [{ name: 'X', from }] } }
        : step,
    ),
  })
}

function withSecretVariable(plan: Plan): Plan {
  return {
    ...plan,
    steps: plan.steps.map((step) =>
      step.action.kind !== 'register'
        ? step
        : {
            ...step,
            action: {
              ...step.action,
              entry: { ...step.action.entry, args: ['--to', 'sink'] },
              env: [{ name: 'X', from: 'AWS_SECRET_ACCESS_KEY' }],
            },
          },
    ),
  }
}

interface Saved extends AsyncDisposable {
  readonly file: DesiredFile
  /** Of the plan. */
  readonly path: string
  readonly forge: (change: (plan: Plan) => Plan) => Promise<void>
}

interface KvFile {
  readonly use?: 'v0.16.2' | 'v0.21.0'
  /** Of v0.21.0. */
  readonly details?: object
}

function writeKv({ use = 'v0.21.0', details = {} }: KvFile): Promise<DesiredFile> {
  const entry = (file: 'secrets-kv-0.16.2' | 'secrets-kv-0.21.0') => ({
    command: file,
    sha256: sharedCluster().pluginSha256(file),
  })
  const newer = { ...entry('secrets-kv-0.21.0'), data: { upgrade_from: '>=0.16.0' }, ...details }
  const versions = { 'v0.16.2': entry('secrets-kv-0.16.2'), 'v0.21.0': newer }
  return writeDesired({ plugins: { 'secret/team-kv': { use, versions } } })
}

async function save({ exitCode = 0, ...of }: KvFile & { exitCode?: number } = {}): Promise<Saved> {
  const file = await writeKv(of)
  const path = join(dirname(file.path), 'plan.json')
  const made = await runOn(sharedCluster(), ['plan', '-f', file.path, '--out', path])
  expect(made.exitCode).toBe(exitCode)
  return {
    file,
    path,
    forge: async (change) => {
      const { plan_id: _id, ...forged } = change(JSON.parse(await readFile(path, 'utf8')) as Plan)
      await writeFile(path, JSON.stringify({ ...forged, plan_id: planId(forged) }))
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

function apply({ path }: Saved, flags: readonly string[] = []) {
  return runOn(sharedCluster(), ['apply', path, '--auto-approve', ...flags], {
    env: MACHINE,
  })
}

const MACHINE = { AWS_SECRET_ACCESS_KEY: 'a-secret-of-this-machine' }

async function demand(node: number, path: string, body: object): Promise<string | undefined> {
  const { status } = await sharedCluster().request(node, 'POST', path, { body })
  return status < 300 ? undefined : `${path} answers ${String(status)}`
}

/** Mounts, catalog, seal and the term of the encryption key. */
async function readAll(): Promise<unknown> {
  const cluster = sharedCluster()
  const active = await cluster.activeIndex()
  const seal = await cluster.request<{ sealed: boolean }>(active, 'GET', 'sys/seal-status')
  const key = await cluster.request<{ data: { term: number } }>(active, 'GET', 'sys/key-status')
  return [
    seal.body.sealed,
    key.body.data.term,
    await readExternalEntries(cluster),
    await readNodeMounts(cluster),
  ]
}
