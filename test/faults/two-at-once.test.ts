/** Two runs on one cluster: there is never more than one writer, and the other hears who it is. */
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { bySize } from '../size.ts'
import { argumentsFor, closeStage, openStage, type Stage } from './attempt.ts'
import { tryFamily } from './family.ts'
import { type FaultProxy } from './fault-proxy.ts'
import { type Ended, type Started } from './run-program.ts'
import { begin, inPlace, type Scenario, whyNotThere, writeFileOf } from './scenario.ts'

const ROUNDS = bySize({ few: 3, many: 8, all: 50 })

describeReal('two runs at once', () => {
  let stage: Stage
  /** The second run has a proxy of its own, so that it is known which run sent a write. */
  let other: Stage
  beforeAll(async () => {
    stage = await openStage(sharedCluster())
    other = await openStage(sharedCluster())
  })
  beforeEach(async () => {
    await stage.place.clear()
    await other.place.clear()
  })
  afterEach(() => {
    stage.proxy.relax()
    other.proxy.relax()
  })
  afterAll(async () => {
    await closeStage(stage)
    await closeStage(other)
    await sharedCluster().reset()
  })

  it('on one machine never write both', async () => {
    const { lost } = await tryFamily(
      'two at once on one machine',
      Array.from({ length: ROUNDS }, () => async () => {
        await stage.place.clear()
        const beginning = await begin(stage.cluster, inPlace)
        const file = await writeFileOf(stage.cluster, inPlace, stage.place.home)
        const apply = (proxy: FaultProxy, journal: string): Promise<Ended> =>
          stage.place.run(argumentsFor({ ...stage, proxy }, 'apply', file, ['--journal', journal]))
        const { journals } = stage.place
        const written = watchWrites([stage.proxy, other.proxy])

        const ended = await Promise.all([
          apply(stage.proxy, journals),
          apply(other.proxy, `${journals}-elsewhere`),
        ])

        return finish(ended, written, () => whyNotThere(stage.cluster, inPlace, beginning))
      }),
    )

    expect(lost).toEqual([])
  })

  it('on two machines never write both, where the file names a lock', async () => {
    const scenario = lockedBy(inPlace, 'locks/lockstep')

    const { lost } = await tryFamily(
      'two at once on two machines',
      Array.from({ length: ROUNDS }, () => async () => {
        await stage.place.clear()
        await other.place.clear()
        const beginning = await begin(stage.cluster, scenario)
        await mountLocks(stage)
        const [one, two] = await Promise.all([
          writeFileOf(stage.cluster, scenario, stage.place.home),
          writeFileOf(stage.cluster, scenario, other.place.home),
        ])

        const written = watchWrites([stage.proxy, other.proxy])

        const ended = await Promise.all([
          stage.place.run(argumentsFor(stage, 'apply', one)),
          other.place.run(argumentsFor(other, 'apply', two)),
        ])

        return finish(ended, written, () => whyNotThere(stage.cluster, scenario, beginning))
      }),
    )

    expect(lost).toEqual([])
  })

  it('are told who holds the lock, since when, and with which run', async () => {
    const scenario = lockedBy(inPlace, 'locks/lockstep')
    await begin(stage.cluster, scenario)
    await mountLocks(stage)
    const file = await writeFileOf(stage.cluster, scenario, stage.place.home)
    const elsewhere = await writeFileOf(stage.cluster, scenario, other.place.home)
    const { first, goOn } = await startAndHold(file)

    const [here, there, shown, planned] = await Promise.all([
      stage.place.run(argumentsFor(stage, 'apply', file)),
      other.place.run(argumentsFor({ ...stage, place: other.place }, 'apply', elsewhere)),
      stage.place.run([
        ...['lock', 'show', '-f', file],
        ...['--address', stage.proxy.addresses[0] ?? ''],
      ]),
      stage.place.run(argumentsFor(stage, 'plan', file)),
    ])
    goOn()
    const { exitCode } = await first.ended

    const holder = new RegExp(`@${hostname()} pid ${String(first.child.pid)}, since \\d{4}-`)
    expect(here.exitCode).toBe(7)
    expect(here.stderr).toMatch(holder)
    expect(there.exitCode).toBe(7)
    expect(there.stderr).toMatch(holder)
    expect(shown.stdout).toMatch(holder)
    expect(shown.stdout).toContain('locks/lockstep')
    expect(planned.exitCode).toBe(0)
    expect(planned.stderr).toMatch(holder)
    expect(exitCode).toBe(0)
  })

  it.each([
    { what: 'of the machine', scenario: inPlace },
    { what: 'across machines', scenario: lockedBy(inPlace, 'locks/lockstep') },
  ])('stop, where the lock $what was given free by hand', async ({ scenario }) => {
    const beginning = await begin(stage.cluster, scenario)
    await mountLocks(stage)
    const file = await writeFileOf(stage.cluster, scenario, stage.place.home)
    const { first, goOn } = await startAndHold(file)

    const refused = await lock('release', file)
    const released = await lock('release', file, '--force')
    const second = await stage.place.run(argumentsFor(stage, 'apply', file))
    goOn()
    const { exitCode, stdout, stderr } = await first.ended

    expect(refused.exitCode).toBe(7)
    expect(refused.stderr).toContain(`lockstep lock release -f ${file} --address`)
    expect({ ...released, stderr: '' }).toMatchObject({ exitCode: 0 })
    expect(released.stdout).toContain('This machine: released.')
    expect({ code: second.exitCode, told: second.exitCode === 0 ? '' : textOf(second) }).toEqual({
      code: 0,
      told: '',
    })
    expect({ exitCode, told: exitCode === 7 ? '' : stderr + stdout }).toEqual({
      exitCode: 7,
      told: '',
    })
    expect(stdout).toContain('another run may hold it')
    expect(await whyNotThere(stage.cluster, scenario, beginning)).toBeUndefined()
  })

  it('need not wait for one that was killed here, also with a lock across machines', async () => {
    const scenario = lockedBy(inPlace, 'locks/lockstep')
    const beginning = await begin(stage.cluster, scenario)
    await mountLocks(stage)
    const file = await writeFileOf(stage.cluster, scenario, stage.place.home)
    const { first, goOn } = await startAndHold(file)
    first.child.kill('SIGKILL')
    await first.ended
    goOn()

    const { exitCode, stderr } = await stage.place.run(argumentsFor(stage, 'apply', file))

    expect({ exitCode, told: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, told: '' })
    expect(await whyNotThere(stage.cluster, scenario, beginning)).toBeUndefined()
  })

  it('are told what to do where the file’s lock has no mount', async () => {
    const scenario = lockedBy(inPlace, 'nowhere/lockstep')
    await begin(stage.cluster, scenario)
    const file = await writeFileOf(stage.cluster, scenario, stage.place.home)

    const run = await stage.place.run(argumentsFor(stage, 'apply', file))

    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain('nothing is mounted at nowhere/')
    expect(run.stderr).toContain('-version=2 -path=nowhere kv')
  })

  it('takes over the lock of a run that died, and of a takeover that died', async () => {
    await begin(stage.cluster, inPlace)
    const file = await writeFileOf(stage.cluster, inPlace, stage.place.home)
    const folder = await makeLockFolder(stage)
    const dead = deadHolder('a-run-that-died')
    await writeFile(join(folder, 'lock'), JSON.stringify(dead))
    await writeFile(
      join(folder, `lock.${dead.run}.takeover`),
      JSON.stringify(deadHolder('its-heir')),
    )

    const { exitCode, stderr } = await stage.place.run(argumentsFor(stage, 'apply', file))

    expect({ exitCode, told: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, told: '' })
  })

  it('leaves alone the lock of another machine', async () => {
    await begin(stage.cluster, inPlace)
    const file = await writeFileOf(stage.cluster, inPlace, stage.place.home)
    const lock = join(await makeLockFolder(stage), 'lock')
    const theirs = JSON.stringify({ ...deadHolder('theirs'), host: 'another-machine' })
    await writeFile(lock, theirs)

    const { exitCode } = await stage.place.run(argumentsFor(stage, 'apply', file))

    expect(exitCode).toBe(7)
    expect(readFileSync(lock, 'utf8')).toBe(theirs)
  })

  /** A run whose first registration does not arrive before `goOn`; those of other runs pass. */
  async function startAndHold(file: string): Promise<{ first: Started; goOn: () => void }> {
    let held: () => void = () => undefined
    const isHeld = new Promise<void>((resolve) => (held = resolve))
    let goOn: () => void = () => undefined
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve))
    let seen = 0
    stage.proxy.intercept(async ({ isWrite, path }) => {
      if (isWrite && path.includes('sys/plugins/catalog') && seen++ === 0) {
        held()
        await mayGoOn
      }
      return { kind: 'pass' }
    })
    const first = stage.place.start(argumentsFor(stage, 'apply', file))
    await isHeld
    return { first, goOn }
  }

  function lock(what: 'release', file: string, ...flags: readonly string[]): Promise<Ended> {
    const address = stage.proxy.addresses[0] ?? ''
    return stage.place.run(['lock', what, '-f', file, '--address', address, ...flags])
  }
})

/** What each run’s requests changed, as they reach the servers; the lock itself is for both. */
function watchWrites(proxies: readonly FaultProxy[]): readonly (readonly string[])[] {
  return proxies.map((proxy) => {
    const written: string[] = []
    proxy.intercept(({ isWrite, method, path }) => {
      if (isWrite && !path.startsWith('/v1/locks/')) written.push(`${method} ${path}`)
      return { kind: 'pass' }
    })
    return written
  })
}

/** One of them did it; the other was locked out, or came late and found nothing to do. */
async function finish(
  ended: readonly Ended[],
  written: readonly (readonly string[])[],
  whyNot: () => Promise<string | undefined>,
): Promise<'survived'> {
  const codes = ended.map(({ exitCode }) => exitCode).sort()
  const allowed = [
    [0, 0],
    [0, 7],
    // Planned between the registration and the reloads of the first: without that run's journal,
    // the second cannot tell that these mounts can be rolled back, and is blocked.
    [0, 3],
  ].some((pair) => JSON.stringify(pair) === JSON.stringify(codes))
  if (!allowed) {
    throw new Error(`they ended with ${codes.join(' and ')}: ${ended.map(textOf).join(' | ')}`)
  }
  const writers = written.filter(({ length }) => length > 0)
  if (writers.length !== 1) {
    throw new Error(
      `${String(writers.length)} of them wrote: ${written.map((paths) => paths.join(', ')).join(' | ')}`,
    )
  }
  const why = await whyNot()
  if (why !== undefined) throw new Error(why)
  return 'survived'
}

function textOf({ stdout, stderr }: Ended): string {
  return `${stderr} ${stdout}`
}

function lockedBy(scenario: Scenario, kv: string): Scenario {
  return {
    ...scenario,
    file: (cluster) => ({ ...scenario.file(cluster), cluster: { lock: { kv } } }),
  }
}

async function makeLockFolder({ cluster, place }: Stage): Promise<string> {
  const { body } = await cluster.request(0, 'GET', 'sys/health?standbyok=true')
  const folder = place.lockFolder(String((body as { cluster_id: unknown }).cluster_id))
  await mkdir(folder, { recursive: true })
  return folder
}

async function mountLocks({ cluster }: Stage): Promise<void> {
  const active = await cluster.activeIndex()
  const body = { type: 'kv', options: { version: '2' } }
  const { status } = await cluster.request(active, 'POST', 'sys/mounts/locks', { body })
  if (status !== 204 && status !== 200) throw new Error(`locks/: ${String(status)}`)
  // A mount of version 2 is being made ready for a moment.
  for (;;) {
    const answer = await cluster.request(active, 'GET', 'locks/data/nothing')
    if (answer.status === 404) return
  }
}

/** No process has a number this high. */
function deadHolder(run: string) {
  return {
    run,
    who: `somebody@${hostname()} pid 4194999`,
    since: '2026-01-01T00:00:00.000Z',
    pid: 4_194_999,
    host: hostname(),
  }
}
