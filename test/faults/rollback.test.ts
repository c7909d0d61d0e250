/** Going back to where a run began, with all the safety of any plan. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { readExternalEntries } from '../real/node-views.ts'
import { argumentsFor, closeStage, openStage, type Stage } from './attempt.ts'
import type { Ended } from './run-program.ts'
import {
  begin,
  inPlace,
  override,
  revert,
  type Scenario,
  versioned,
  whyNotThere,
  writeFileOf,
} from './scenario.ts'

const old: Readonly<Record<string, PluginFile | ''>> = {
  'team-a/': 'secrets-kv-0.16.2',
  'team-b/': 'secrets-kv-0.16.2',
  'alpha/': 'secrets-kv-0.16.2',
  'beta/': 'secrets-kv-0.16.2',
  'gamma/': 'secrets-kv-0.16.2',
}
interface Story {
  readonly scenario: Scenario
  readonly wanted: Scenario['wanted']
  /** The plugins of which the file cannot say that the older binary reads the newer one's data. */
  readonly allowed: readonly string[]
}

const stories: readonly Story[] = [
  { scenario: inPlace, wanted: pick(old, inPlace), allowed: ['secret/my-kv'] },
  { scenario: versioned, wanted: pick(old, versioned), allowed: [] },
  {
    scenario: override,
    wanted: { 'auth/jwt/': '', 'auth/jwt-ci/': '' },
    allowed: ['auth/jwt'],
  },
  {
    scenario: revert,
    allowed: ['auth/jwt', 'auth/oidc'],
    wanted: {
      'auth/jwt/': 'auth-jwt-0.25.0',
      'auth/jwt-ci/': 'auth-jwt-0.25.0',
      'auth/sso/': 'auth-jwt-0.25.0',
    },
  },
]

describeReal('rollback', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(sharedCluster())
  })
  beforeEach(() => stage.place.clear())
  afterAll(async () => {
    await closeStage(stage)
    await sharedCluster().reset()
  })

  it.each(stories)(
    '$scenario.name: returns to what every node ran before',
    async ({ scenario, wanted, allowed }) => {
      const beginning = await begin(stage.cluster, scenario)
      const entries = await readExternalEntries(stage.cluster)
      const file = await writeFileOf(stage.cluster, scenario, stage.place.home)
      const applied = await stage.place.run(argumentsFor(stage, 'apply', file))

      const back = await goBack(file, { allowed })

      expect(applied.exitCode).toBe(0)
      expect({ code: back.exitCode, told: back.exitCode === 0 ? '' : textOf(back) }).toEqual({
        code: 0,
        told: '',
      })
      expect(await whyNotThere(stage.cluster, { ...scenario, wanted }, beginning)).toBeUndefined()
      // What the file lists stays registered; nothing that was there is gone.
      expect(await readExternalEntries(stage.cluster)).toEqual(expect.arrayContaining(entries))
    },
  )

  it('returns to where a killed run began', async () => {
    const beginning = await begin(stage.cluster, inPlace)
    const file = await writeFileOf(stage.cluster, inPlace, stage.place.home)
    const running: { kill?: () => void } = {}
    const nodes = await stage.cluster.servingIndices()
    let writes = 0
    stage.proxy.intercept(({ isWrite }) => {
      // At its second reload, or at the only one.
      if (isWrite && ++writes === Math.min(3, 1 + nodes.length)) running.kill?.()
      return { kind: 'pass' }
    })
    const first = stage.place.start(argumentsFor(stage, 'apply', file))
    running.kill = () => void first.child.kill('SIGKILL')
    const { exitCode } = await first.ended
    stage.proxy.relax()
    expect(exitCode).toBeNull()

    const back = await goBack(file, { allowed: ['secret/my-kv'] })

    expect({ code: back.exitCode, told: back.exitCode === 0 ? '' : textOf(back) }).toEqual({
      code: 0,
      told: '',
    })
    const wanted = pick(old, inPlace)
    expect(await whyNotThere(stage.cluster, { ...inPlace, wanted }, beginning)).toBeUndefined()
  })

  it('returns to where a killed run began, though another one finished it, and half way by name', async () => {
    const beginning = await begin(stage.cluster, versioned)
    const file = await writeFileOf(stage.cluster, versioned, stage.place.home)
    const running: { kill?: () => void } = {}
    let writes = 0
    stage.proxy.intercept(({ isWrite }) => {
      if (isWrite && ++writes === 3) running.kill?.()
      return { kind: 'pass' }
    })
    const first = stage.place.start(argumentsFor(stage, 'apply', file))
    running.kill = () => void first.child.kill('SIGKILL')
    await first.ended
    stage.proxy.relax()
    const finished = await stage.place.run(argumentsFor(stage, 'apply', file))
    const [killed = '', last = ''] = stage.place.runs()

    // Not approved: it says where that leads, and changes nothing.
    const options = ['--journal', stage.place.journals]
    const [command = '', ...where] = argumentsFor(stage, 'rollback', file, options)
    const toHalfWay = await stage.place.run([command, last, ...where])
    const [, typed = ''] =
      /To roll back to where run \S+ began: lockstep (.*)/.exec(toHalfWay.stderr) ?? []
    const back = await goBack(file)

    expect(finished.exitCode).toBe(0)
    expect(typed).toContain(`rollback ${killed} `)
    expect({ code: back.exitCode, told: back.exitCode === 0 ? '' : textOf(back) }).toEqual({
      code: 0,
      told: '',
    })
    expect(back.stderr).toContain(`Rolling back to where run ${killed} began.`)
    expect(back.stderr).toContain(`Run ${last} resumed run ${killed}, which had not finished`)
    const wanted = pick(old, versioned)
    expect(await whyNotThere(stage.cluster, { ...versioned, wanted }, beginning)).toBeUndefined()
  })

  it('says when it goes forward again, since the newest run was a rollback', async () => {
    const beginning = await begin(stage.cluster, inPlace)
    const file = await writeFileOf(stage.cluster, inPlace, stage.place.home)
    await stage.place.run(argumentsFor(stage, 'apply', file))
    const [applied = ''] = stage.place.runs()
    const back = await goBack(file, { allowed: ['secret/my-kv'] })

    const unnamed = await goBack(file)
    const forward = await goBack(file, { run: stage.place.runs().at(-1) ?? '' })

    expect(back.exitCode).toBe(0)
    expect(back.stderr).not.toContain('FORWARD')
    // Nobody is asked, and nobody has said that it is to go forward.
    expect(unnamed.exitCode).toBe(1)
    expect(unnamed.stderr).toContain('Nothing was changed')
    expect(forward.exitCode).toBe(0)
    expect(forward.stderr).toContain(`was itself a rollback, to where run ${applied} began`)
    expect(await whyNotThere(stage.cluster, inPlace, beginning)).toBeUndefined()
  })

  it('is refused where nobody says that the older version reads the newer data', async () => {
    await begin(stage.cluster, versioned)
    const file = await writeFileOf(stage.cluster, versioned, stage.place.home)
    await stage.place.run(argumentsFor(stage, 'apply', file))
    const [, , , ...where] = argumentsFor(stage, 'rollback', file, [
      ...['--auto-approve', '--journal', stage.place.journals],
    ])

    const back = await stage.place.run(['rollback', ...where])

    expect(back.exitCode).toBe(3)
    expect(back.stdout).toContain('data-downgrade')
    expect(back.stderr).toMatch(/run: lockstep rollback .* --allow data-downgrade=/)
  })

  it('is refused where nobody says that an older binary without a version reads the newer data', async () => {
    await begin(stage.cluster, inPlace)
    const file = await writeFileOf(stage.cluster, inPlace, stage.place.home)
    await stage.place.run(argumentsFor(stage, 'apply', file))

    const back = await goBack(file)

    expect(back.exitCode).toBe(3)
    expect(back.stdout).toContain('--allow data-downgrade=secret/my-kv')
  })

  it('says which run there is none of', async () => {
    await begin(stage.cluster, inPlace)
    const file = await writeFileOf(stage.cluster, inPlace, stage.place.home)

    const back = await goBack(file)

    expect(back.exitCode).toBe(1)
    expect(back.stderr).toContain('no run in the journals has changed this cluster')
  })

  it('can log every request to a file that only its owner reads, without a secret', async () => {
    await begin(stage.cluster, inPlace)
    const file = await writeFileOf(stage.cluster, inPlace, stage.place.home)
    const log = join(stage.place.home, 'requests.log')

    await stage.place.run(argumentsFor(stage, 'apply', file, ['--log-file', log]))

    const text = await readFile(log, 'utf8')
    expect(text).toContain('POST ')
    expect(text).toContain('sys/plugins/reload/backend -> 200')
    // The runner looks for secrets in it.
    expect((await stat(log)).mode & 0o777).toBe(0o600)
  })

  function goBack(
    file: string,
    { allowed = [], run }: { readonly allowed?: readonly string[]; readonly run?: string } = {},
  ): Promise<Ended> {
    const allow = allowed.flatMap((plugin) => ['--allow', `data-downgrade=${plugin}`])
    const options = ['--auto-approve', '--journal', stage.place.journals, ...allow]
    const [command = '', ...rest] = argumentsFor(stage, 'rollback', file, options)
    return stage.place.run([command, ...(run === undefined ? [] : [run]), ...rest])
  }
})

function pick(all: Scenario['wanted'], { wanted }: Scenario): Scenario['wanted'] {
  return Object.fromEntries(Object.entries(all).filter(([mount]) => mount in wanted))
}

function textOf({ stdout, stderr }: Ended): string {
  return `${stderr} ${stdout}`
}
