/** Saved plans that another machine has carried out in part, with a journal that is not here. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import type { Run } from '../cli/run-lockstep.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { type DesiredFile, writeDesired } from './desired-file.ts'
import { runOn } from './run-on-cluster.ts'

const PLUGIN = 'secret/team-kv'

describeReal('a saved plan that another machine began', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), [PLUGIN])
  })
  afterAll(() => sharedCluster().reset())

  it('reloads for other arguments, which no server shows, until a record here says so', async () => {
    await using saved = await save({ ...entry('secrets-kv-0.16.2'), args: ['now'] })
    await registerElsewhere(['now'])
    await using journals = await folder()

    const withoutRecord = await apply(saved)
    const first = await apply(saved, ['--journal', journals.path])
    const second = await apply(saved, ['--journal', journals.path])

    for (const run of [withoutRecord, first]) {
      expect({ exitCode: run.exitCode, stderr: run.stderr }).toMatchObject({ exitCode: 0 })
      expect(run.stderr).toMatch(/: 1 of \d steps already done\./)
      expect(run.stdout).toContain('without a record of a reload since the entry was changed')
      expect(reloadsIn(run)).toBeGreaterThan(0)
    }
    expect(second).toMatchObject({ exitCode: 0 })
    expect(second.stderr).toMatch(/: (\d) of \1 steps already done\./)
    expect(second.stdout).toContain('No changes.')
    expect(reloadsIn(second)).toBe(0)
  })

  it('makes its checks where no record here says that they passed', async () => {
    const verify = [{ read: 'shared/' }]
    await using saved = await save(entry('secrets-kv-0.21.0'), 'v0.21.0', verify)
    await using journals = await folder()
    const elsewhere = await apply(saved)

    const here = await apply(saved, ['--journal', journals.path])
    const again = await apply(saved, ['--journal', journals.path])

    expect(elsewhere.exitCode).toBe(0)
    expect(here.exitCode).toBe(0)
    expect(here.stdout).toContain('1 mount to check')
    expect(here.stderr).toMatch(/check alpha\/ on .* … done/)
    expect(again).toMatchObject({ exitCode: 0 })
    expect(again.stdout).toContain('No changes.')
  })
})

interface Saved extends AsyncDisposable {
  readonly file: DesiredFile
  /** Of the plan. */
  readonly path: string
}

async function save(
  desired: object,
  version = 'v0.16.2',
  verify: readonly object[] = [],
): Promise<Saved> {
  const data = { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' }
  const file = await writeDesired({
    plugins: { [PLUGIN]: { use: version, versions: { [version]: { ...desired, data } } } },
    mounts: { 'alpha/': { plugin: PLUGIN, ...(verify.length > 0 && { verify }) } },
  })
  const path = join(dirname(file.path), 'plan.json')
  const made = await runOn(sharedCluster(), ['plan', '-f', file.path, '--out', path])
  expect({ exitCode: made.exitCode, stdout: made.stdout }).toMatchObject({ exitCode: 0 })
  return { file, path, [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() }
}

/** Each run has a home of its own, as on another machine. */
function apply({ path }: Saved, flags: readonly string[] = []): Promise<Run> {
  return runOn(sharedCluster(), ['apply', path, '--auto-approve', ...flags])
}

async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lockstep-journals-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

function reloadsIn({ stderr }: Run): number {
  return [...stderr.matchAll(/reload .* … done/g)].length
}

function entry(file: 'secrets-kv-0.16.2' | 'secrets-kv-0.21.0') {
  return { command: file, sha256: sharedCluster().pluginSha256(file) }
}

/** What a run did on another machine before it was killed. */
async function registerElsewhere(args: readonly string[]): Promise<void> {
  const cluster = sharedCluster()
  const body = { ...entry('secrets-kv-0.16.2'), args, version: 'v0.16.2' }
  const active = await cluster.activeIndex()
  const path = `sys/plugins/catalog/${PLUGIN}`
  const { status } = await cluster.request(active, 'POST', path, { body })
  expect(status).toBe(204)
}
