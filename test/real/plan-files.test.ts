/** Plans that are saved, looked at and carried out later: exactly what was approved, or nothing. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { planId } from '../../src/plan/make-plan.ts'
import { canaries, CANARY_VARIABLE, WRAPPED_VARIABLE } from '../canaries.ts'
import type { Run } from '../cli/run-lockstep.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { readExternalEntries, readNodeMounts } from './node-views.ts'
import { runOn } from './run-on-cluster.ts'

describeReal('a saved plan', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), ['secret/team-kv'])
  })
  afterAll(() => sharedCluster().reset())

  it('is carried out by its file alone, with the id that was approved, and twice does no harm', async () => {
    await using saved = await save()
    const { plan_id } = await saved.read()

    // Without the journal another machine would make the checks of the plan once more.
    const journal = ['--journal', join(dirname(saved.plan), 'journals')]

    const run = await apply(saved, ['--expect', plan_id, ...journal])
    const again = await apply(saved, journal)

    expect(run.exitCode).toBe(0)
    expect(again.exitCode).toBe(0)
    expect(again.stderr).toContain('already done.')
    expect(again.stdout).toContain('No changes.')
    const [first] = (await readNodeMounts(sharedCluster())).values()
    expect(first?.get('beta/')?.running_sha256).toBe(
      sharedCluster().pluginSha256('secrets-kv-0.21.0'),
    )
  })

  it('holds no secret of the file', async () => {
    await using saved = await save()

    expect(JSON.stringify(await saved.read())).not.toContain(canaries.variable)
  })

  it('brings the file’s own checks along', async () => {
    await using saved = await save([{ run: ['sh', '-c', 'echo {mount} is odd; exit 3'] }])

    const run = await apply(saved)

    expect(run.exitCode).toBe(5)
    expect(run.stdout).toContain('exit 3: alpha/ is odd')
  })

  it.each([
    ['an id that was not approved', 4, 'not the expected', () => undefined, ['--expect', 'f00d']],
    ['an age beyond the limit', 4, 'the limit is', () => undefined, ['--max-age', '0s']],
    ['an allowance', 1, '--allow cannot be added', () => undefined, ['--allow', 'siblings=x']],
    ['an edit by hand', 1, 'the file was changed after it was made', edited, []],
    ['an older format', 1, 'lockstep plan --out', (plan) => ({ ...plan, format: 1 }), []],
    ['a newer format', 1, 'its format is 3', (plan) => ({ ...plan, format: 3 }), []],
    ['another cluster', 4, 'the plan is for cluster', forAnother, []],
  ] satisfies [string, number, string, (plan: Plan) => unknown, string[]][])(
    'is refused for %s, and nothing is changed',
    async (_, exitCode, words, change, flags) => {
      await using saved = await save()
      const changed = change(await saved.read())
      if (changed !== undefined) await writeFile(saved.plan, JSON.stringify(changed))

      const run = await applyUnchanged(saved, flags)

      expect(run.exitCode).toBe(exitCode)
      expect(run.stderr).toContain(words)
    },
  )

  it('is judged anew where somebody tuned a mount meanwhile: its writes are the same', async () => {
    await using saved = await save()
    await root('POST', 'sys/plugins/catalog/secret/team-kv', {
      ...entry('secrets-kv-0.21.0'),
      version: 'v0.21.1',
    })
    await tuneGamma('v0.21.1')

    const run = await apply(saved)

    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain('configured for v0.21.1, to run v0.21.0')
  })

  it('is stale where a mount of its plugin was made since, and shows what would be done to it', async () => {
    await using saved = await save()
    await root('POST', 'sys/mounts/delta', {
      type: 'team-kv',
      config: { plugin_version: 'v0.16.2' },
    })
    await sharedCluster().waitUntilReady()
    await waitUntil('all nodes have delta/', async () => {
      const views = [...(await readNodeMounts(sharedCluster())).values()]
      return views.every((mounts) => mounts.has('delta/')) ? undefined : 'not all'
    })

    const run = await applyUnchanged(saved)

    expect(run.exitCode).toBe(4)
    expect(run.stderr).toContain('+ tune delta/ to v0.21.0')
    expect(run.stderr).not.toContain('tune beta/')
    expect(run.stderr).toContain('lockstep plan --out')
  })

  it('is refused beside a file that asks for something else, with what differs', async () => {
    await using saved = await save()
    await using other = await writeDesired({
      plugins: {
        'secret/team-kv': { use: 'v0.16.2', versions: { 'v0.16.2': entry('secrets-kv-0.16.2') } },
      },
    })

    const run = await applyUnchanged(saved, ['-f', other.path])

    expect(run.exitCode).toBe(4)
    expect(run.stderr).toContain('-       "use": "v0.21.0"')
    expect(run.stderr).toContain('+       "use": "v0.16.2"')
  })

  it('is carried out beside its own file', async () => {
    await using saved = await save()

    expect((await apply(saved, ['-f', saved.file.path])).exitCode).toBe(0)
  })

  it('goes on with what remains of it after a part was done', async () => {
    await using saved = await save([{ run: ['sh', '-c', 'test -e "$0"', '{mount}-never-there'] }])
    const failed = await apply(saved)
    await root('POST', 'sys/plugins/catalog/secret/team-kv', {
      ...entry('secrets-kv-0.21.0'),
      version: 'v0.21.0',
    })

    const run = await apply(saved)

    // The registration is there; what was rolled back is done again, and its check fails again.
    expect(failed.exitCode).toBe(5)
    expect(run.exitCode).toBe(5)
    expect(run.stderr).toMatch(/1 of \d+ steps already done\./)
  })

  it('outlasts a change of leader', async () => {
    await using saved = await save()
    await sharedCluster().stepDown()

    expect((await apply(saved)).exitCode).toBe(0)
  })

  it('ends with 8 and its own findings where the token lacks rights', async () => {
    await using saved = await save()
    const cluster = sharedCluster()
    await root('POST', 'sys/policies/acl/looks', {
      policy: 'path "*" { capabilities = ["read", "list", "sudo"] }',
    })
    const made = await cluster.request<{ auth: { client_token: string } }>(
      ...([await cluster.activeIndex(), 'POST', 'auth/token/create'] as const),
      { body: { policies: ['looks'] } },
    )

    const run = await applyUnchanged(saved, [], made.body.auth.client_token)

    expect(run.exitCode).toBe(8)
    expect(run.stdout).toContain('capability-missing')
  })

  it('is not stale for what does not matter to it', async () => {
    await using saved = await save()
    await root('POST', 'sys/mounts/gamma/tune', { description: 'another description' })

    expect((await apply(saved)).exitCode).toBe(0)
  })

  it('shows what it showed when it was made, edited or not', async () => {
    await using saved = await save()
    const [made] = saved.told.stdout.split('\nSaved')
    const shown = await runOn(sharedCluster(), ['show', saved.plan])
    await writeFile(saved.plan, JSON.stringify(edited(await saved.read())))
    const changed = await runOn(sharedCluster(), ['show', saved.plan])

    expect(stepsOf(shown.stdout)).toBe(stepsOf(made ?? ''))
    expect(stepsOf(shown.stdout)).not.toBe('')
    expect(shown.exitCode).toBe(0)
    expect(changed.exitCode).toBe(1)
    expect(changed.stdout).toMatch(/^EDITED: .* was changed after it was made/)
  })

  it('binds a plan made at once as well', async () => {
    await using saved = await save()
    const args = ['apply', '--auto-approve', '-f', saved.file.path, '--expect', 'f00d']

    const run = await runOn(sharedCluster(), args)

    expect(run).toMatchObject({ exitCode: 4, journal: '' })
  })
})

interface Saved extends AsyncDisposable {
  readonly file: DesiredFile
  /** The path of the plan. */
  readonly plan: string
  readonly told: Run
  readonly read: () => Promise<Plan>
}

async function save(verify: readonly object[] = [{ read: 'shared/' }]): Promise<Saved> {
  const file = await writeDesired({
    plugins: {
      'secret/team-kv': {
        use: 'v0.21.0',
        versions: {
          'v0.16.2': entry('secrets-kv-0.16.2'),
          'v0.21.0': {
            ...entry('secrets-kv-0.21.0'),
            env: { CANARY: { from: CANARY_VARIABLE }, WRAPPED: { from: WRAPPED_VARIABLE } },
            data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' },
          },
        },
      },
    },
    mounts: { 'alpha/': { plugin: 'secret/team-kv', canary: true, verify } },
  })
  const plan = join(dirname(file.path), 'plan.json')
  const told = await runOn(sharedCluster(), ['plan', '-f', file.path, '--out', plan])
  expect(told.exitCode).toBe(0)
  return {
    file,
    plan,
    told,
    read: async () => JSON.parse(await readFile(plan, 'utf8')) as Plan,
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}

function apply({ plan }: Saved, flags: readonly string[] = [], token?: string): Promise<Run> {
  const args = ['apply', plan, '--auto-approve', ...flags]
  return runOn(sharedCluster(), args, token === undefined ? {} : { token })
}

async function applyUnchanged(
  saved: Saved,
  flags: readonly string[] = [],
  token?: string,
): Promise<Run> {
  const read = async () => [
    await readExternalEntries(sharedCluster()),
    await readNodeMounts(sharedCluster()),
  ]
  const before = await read()
  const run = await apply(saved, flags, token)
  expect(await read()).toEqual(before)
  return run
}

function edited(plan: Plan): Plan {
  const [first, ...others] = plan.steps
  if (first === undefined) throw new Error('the plan has no steps')
  return { ...plan, steps: [{ ...first, why: 'because I say so' }, ...others] }
}

function forAnother(plan: Plan): Plan {
  const { plan_id: _id, ...other } = { ...plan, cluster: { ...plan.cluster, id: 'another' } }
  return { ...other, plan_id: planId(other) }
}

function stepsOf(text: string): string {
  return text.slice(text.indexOf('\nSteps'))
}

function entry(file: 'secrets-kv-0.16.2' | 'secrets-kv-0.21.0') {
  return { command: file, sha256: sharedCluster().pluginSha256(file) }
}

async function tuneGamma(version: string): Promise<void> {
  await root('POST', 'sys/mounts/gamma/tune', { plugin_version: version })
  await waitUntil('all nodes have seen it', async () => {
    const views = [...(await readNodeMounts(sharedCluster())).values()]
    const versions = views.map((mounts) => mounts.get('gamma/')?.plugin_version)
    return versions.every((one) => one === version) ? undefined : versions.join()
  })
}

async function root(method: string, path: string, body: object): Promise<void> {
  const cluster = sharedCluster()
  const { status } = await cluster.request(await cluster.activeIndex(), method, path, { body })
  if (status >= 300) throw new Error(`${path} answered ${String(status)}`)
}
