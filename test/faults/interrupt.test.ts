/** Ctrl-C, SIGTERM, a token that ends, and a journal that cannot be written. */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { appendFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { findSilentMounts } from '../real/node-views.ts'
import { argumentsFor, closeStage, openStage, type Stage } from './attempt.ts'
import type { SeenRequest } from './fault-proxy.ts'
import { type Ended, type Started, Workplace } from './run-program.ts'
import {
  type Beginning,
  begin,
  inPlace,
  type Scenario,
  sideBySide,
  versioned,
  whyNotThere,
  writeFileOf,
} from './scenario.ts'

describeReal('a run that is told to stop', () => {
  let stage: Stage
  let beginning: Beginning
  let file: string
  let scenario: Scenario
  beforeAll(async () => {
    stage = await openStage(sharedCluster())
  })
  beforeEach(async () => {
    stage.proxy.relax()
    await stage.place.clear()
    await prepare(inPlace)
  })
  afterAll(async () => {
    await closeStage(stage)
    await sharedCluster().reset()
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s once: finishes the step under way, exits 130, and says how to go on',
    async (signal) => {
      await prepare(versioned)

      const first = await atWrite(2, ({ child }) => void child.kill(signal))

      expect(first.exitCode).toBe(130)
      expect(first.stderr).toContain('Stopping after the step under way')
      expect(first.stdout).toContain('Not begun:')
      expect(first.stdout).toContain('To resume: lockstep apply -f ')
      const events = journal()
      expect(events.at(-1)).toMatchObject({ event: 'run_ended', outcome: 'interrupted' })
      expect(events.filter(({ event }) => event === 'step_done')).toHaveLength(2)
      await expectFinishedByNext()
    },
  )

  it('once, with several steps under way: finishes all of them and begins no other', async () => {
    await prepare(sideBySide)

    const first = await atWrite(1, ({ child }) => void child.kill('SIGINT'))

    expect(first.exitCode).toBe(130)
    const events = journal()
    const named = (name: string) =>
      events.flatMap((event) => ('step' in event && event.event === name ? event.step : [])).sort()
    expect(named('step_done')).toEqual(named('step_started'))
    expect(named('step_started').filter((step) => !step.startsWith('register'))).toEqual([])
    expect(events.at(-1)).toMatchObject({ event: 'run_ended', outcome: 'interrupted' })
    await expectFinishedByNext()
  })

  it('twice: stops at once, the journal whole and the lock given back', async () => {
    const running: { started?: Started } = {}
    let writes = 0
    stage.proxy.intercept(({ isWrite }) => {
      if (!isWrite || ++writes !== 2) return { kind: 'pass' }
      const child = running.started?.child
      if (child !== undefined) {
        // Two signals at once may arrive as one.
        void hears(child, 'Press Ctrl-C again').then(() => child.kill('SIGINT'))
        child.kill('SIGINT')
      }
      return { kind: 'hold' }
    })
    running.started = stage.place.start(argumentsFor(stage, 'apply', file))
    const { exitCode, stderr } = await running.started.ended
    stage.proxy.relax()

    expect(exitCode).toBe(130)
    expect(stderr).toContain('Stopped at once')
    expect(journal().at(-1)).toMatchObject({ event: 'step_started', number: 2 })
    const kept = await readdir(stage.place.home, { recursive: true })
    expect(kept.filter((name) => name.endsWith('/lock'))).toEqual([])
    await expectFinishedByNext()
  })

  it('twice amid a reload: stops when it has its answer, and no mount is down', async () => {
    await prepare(versioned)
    const running: { started?: Started } = {}
    let interrupted = false
    stage.proxy.intercept(async ({ path }) => {
      if (running.started !== undefined && !interrupted && path.endsWith('/reload/backend')) {
        interrupted = true
        const { child } = running.started
        for (const told of ['Press Ctrl-C again', 'Stopping at once: a request is under way']) {
          const heard = hears(child, told)
          child.kill('SIGINT')
          await heard
        }
      }
      return { kind: 'pass' }
    })
    running.started = stage.place.start(argumentsFor(stage, 'apply', file, ['--verbose']))
    const { exitCode, stderr } = await running.started.ended
    stage.proxy.relax()

    expect({ interrupted, exitCode }).toEqual({ interrupted: true, exitCode: 130 })
    expect(stderr).toMatch(/has 2 s for its answer[^]*reload\/backend -> 200/)
    expect(stderr).toContain('Stopped at once')
    expect(await findSilentMounts(stage.cluster)).toEqual([])
    expect(journal().at(-1)).toMatchObject({ event: 'step_started', action: { kind: 'reload' } })
    await expectFinishedByNext()
  })

  it('goes on to its end when nobody reads any more what it prints', async () => {
    const { exitCode } = await atWrite(1, ({ child }) => {
      child.stdout?.destroy()
      child.stderr?.destroy()
    })

    expect(exitCode).toBe(0)
    expect(journal().at(-1)).toMatchObject({ event: 'run_ended', outcome: 'done' })
    expect(await whyNotThere(stage.cluster, inPlace, beginning)).toBeUndefined()
  })

  it('ends clearly when the token is revoked in the middle, and exits 8', async () => {
    const token = await makeToken({ ttl: '1h' })
    await using place = await Workplace.make(token.id, { HOME: stage.place.home })
    let revoked = false
    const { exitCode, stdout } = await withWrite(2, place, async () => {
      if (revoked) return
      revoked = true
      await rootWrite('auth/token/revoke-accessor', { accessor: token.accessor })
    })

    expect({ exitCode, stdout }).toMatchObject({ exitCode: 8 })
    expect(stdout).toContain('does not accept the token')
    expect(stdout).toContain('log in again')
    expect(stdout).not.toContain('curl')
    expect(stdout).toContain('Not begun:')
    expect(journal().at(-1)).toMatchObject({ event: 'run_ended', outcome: 'stopped' })
    await expectFinishedByNext()
  })

  it('renews a token that would end before the run does', async () => {
    // So long that a program on a busy machine renews it in time.
    const lifetime = 15_000
    const token = await makeToken({ period: `${String(lifetime)}ms` })
    const ends = Date.now() + lifetime
    await using place = await Workplace.make(token.id, { HOME: stage.place.home })

    const { exitCode } = await withWrite(2, place, async () => {
      // Longer than the token lives: only a renewal keeps it.
      await sleep(ends + 1_000 - Date.now())
    })

    expect(exitCode).toBe(0)
  })

  it('takes a read that makes a lease for passed on a standby, which cannot store one', async ({
    skip,
  }) => {
    skip(stage.cluster.product === 'vault', 'standbys of Vault run no plugins')
    await verifying({ read: 'greeting' })

    const { exitCode, stdout } = await stage.place.run(argumentsFor(stage, 'apply', file))

    expect({ exitCode, told: exitCode === 0 ? '' : stdout }).toEqual({ exitCode: 0, told: '' })
    expect(await whyNotThere(stage.cluster, inPlace, beginning)).toBeUndefined()
  })

  it('rolls back what a verification by command does not like, and says why', async () => {
    await verifying({ run: ['sh', '-c', 'echo {mount} smells; exit 3'] })

    const { exitCode, stdout } = await stage.place.run(argumentsFor(stage, 'apply', file))

    expect(exitCode).toBe(5)
    expect(stdout).toContain('exit 3: team-a/ smells')
    const wanted = { 'team-a/': 'secrets-kv-0.16.2', 'team-b/': 'secrets-kv-0.16.2' } as const
    expect(await whyNotThere(stage.cluster, { ...inPlace, wanted }, beginning)).toBeUndefined()
  })

  it('begins nothing where the journal cannot be written', async () => {
    await writeFile(stage.place.journals, 'a file, where a folder is needed')

    const { exitCode, stderr } = await stage.place.run(argumentsFor(stage, 'apply', file))

    expect(exitCode).toBe(1)
    expect(stderr).toContain('Nothing was begun')
    const plan = await stage.place.run(argumentsFor(stage, 'plan', file, ['--detailed-exitcode']))
    expect(plan.exitCode).toBe(2)
    expect(plan.stdout).toContain('1 to register')
  })

  it.each([
    ['before a step', 1, 'step_done', 'Stopped: '],
    ['before the end of a step', 2, 'step_started', 'Result unknown (could not be checked):'],
  ] as const)('stops clearly where the disk is full %s', async (_, room, last, told) => {
    await prepare(versioned)
    await stage.place.run(argumentsFor(stage, 'apply', file))
    const lines = stage.place.journalLines()
    const done = lines.findIndex((line) => line.includes('"step_done"'))
    const size = Buffer.byteLength(lines.slice(0, done + room).join('\n'))
    await stage.place.clear()
    await prepare(versioned)
    // No file of the program may grow beyond this: it is some way into the line after that.
    const limit = ['prlimit', `--fsize=${String(size + 100)}`, '--']
    expect(spawnSync('prlimit', ['--version']).status).toBe(0)

    const { exitCode, stdout, stderr } = await stage.place.run(
      argumentsFor(stage, 'apply', file, ['--json']),
      limit,
    )

    // Something was done and nothing failed: the cluster is between two versions.
    expect(exitCode).toBe(10)
    const events = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JournalEvent)
    expect(events.at(-1)?.event).toBe(last)
    expect(stderr).toContain(told)
    await expectFinishedByNext()
  })

  it('reads past a journal whose last line was torn', async () => {
    await atWrite(2, ({ child }) => void child.kill('SIGKILL'))
    const [torn = ''] = (await readdir(stage.place.journals)).filter((name) =>
      name.endsWith('.jsonl'),
    )
    await appendFile(join(stage.place.journals, torn), '{"event":"step_do')

    const history = await stage.place.run(['history', '--journal', stage.place.journals])

    expect(history.exitCode).toBe(0)
    expect(history.stdout).toContain('not ended')
    await expectFinishedByNext()
  })

  it('rolls back an upgrade in place that an earlier run began', async () => {
    // The last reload does not begin; where more than one node runs plugins, others are done.
    const nodes = await stage.cluster.servingIndices()
    await killedBeforeWrite(nodes.length > 1 ? 3 : 2)
    // From here on no node has the new program any more.
    const outcome = await withoutProgram('secrets-kv-0.21.0', () =>
      stage.place.run(argumentsFor(stage, 'apply', file)),
    )

    expect({ code: outcome.exitCode, told: outcome.stdout }).toMatchObject({ code: 5 })
    expect(
      await whyNotThere(
        stage.cluster,
        {
          ...inPlace,
          wanted: { 'team-a/': 'secrets-kv-0.16.2', 'team-b/': 'secrets-kv-0.16.2' },
        },
        beginning,
      ),
    ).toBeUndefined()
  })

  it('reloads what an earlier run gave other arguments and did not reload', async () => {
    await prepare(versioned)
    const withArguments = {
      version: 1,
      plugins: {
        'secret/team-kv': {
          use: 'v0.16.2',
          versions: {
            'v0.16.2': {
              command: 'secrets-kv-0.16.2',
              sha256: stage.cluster.pluginSha256('secrets-kv-0.16.2'),
              args: ['-tls-skip-verify'],
            },
          },
        },
      },
    }
    await writeFile(file, JSON.stringify(withArguments))
    await killedBeforeWrite(2)

    const second = await stage.place.run(argumentsFor(stage, 'apply', file, ['--json']))
    const plan = await stage.place.run([
      ...argumentsFor(stage, 'plan', file, ['--detailed-exitcode']),
      ...['--journal', stage.place.journals],
    ])

    expect(second.exitCode).toBe(0)
    const reloaded = second.stdout.match(/"event":"step_done".*"outcome":"done"/g)
    expect(reloaded).toHaveLength((await stage.cluster.servingIndices()).length)
    expect(plan.exitCode).toBe(0)
  })

  async function prepare(of: Scenario): Promise<void> {
    scenario = of
    beginning = await begin(stage.cluster, of)
    file = await writeFileOf(stage.cluster, of, stage.place.home)
  }

  async function verifying(verification: object): Promise<void> {
    const mounts = { 'team-a/': { plugin: 'secret/my-kv', verify: [verification] } }
    await writeFile(file, JSON.stringify({ ...inPlace.file(stage.cluster), mounts }))
  }

  function journal(): JournalEvent[] {
    return stage.place.journalLines().map((line) => JSON.parse(line) as JournalEvent)
  }

  /** Resolves once the program has written this to stderr, or ended. */
  function hears({ stderr }: ChildProcess, text: string): Promise<void> {
    return new Promise((resolve) => {
      stderr?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes(text)) resolve()
      })
      stderr?.once('close', resolve)
    })
  }

  /** Runs apply; something is done to it when its so-many-th write arrives, which then goes on. */
  async function atWrite(number: number, act: (started: Started) => void): Promise<Ended> {
    const running: { started?: Started } = {}
    let writes = 0
    stage.proxy.intercept(({ isWrite }: SeenRequest) => {
      if (isWrite && ++writes === number && running.started !== undefined) act(running.started)
      return { kind: 'pass' }
    })
    running.started = stage.place.start(argumentsFor(stage, 'apply', file))
    const ended = await running.started.ended
    stage.proxy.relax()
    return ended
  }

  /** Runs apply and kills it when its so-many-th write is sent, which does not arrive. */
  async function killedBeforeWrite(number: number): Promise<void> {
    const running: { started?: Started } = {}
    let writes = 0
    stage.proxy.intercept(({ isWrite }) => {
      if (!isWrite || ++writes !== number) return { kind: 'pass' }
      running.started?.child.kill('SIGKILL')
      return { kind: 'hold' }
    })
    running.started = stage.place.start(argumentsFor(stage, 'apply', file))
    const { exitCode } = await running.started.ended
    stage.proxy.relax()
    expect(exitCode).toBeNull()
  }

  async function withWrite(
    number: number,
    place: Workplace,
    act: () => Promise<void>,
  ): Promise<Ended> {
    let writes = 0
    stage.proxy.intercept(async ({ isWrite }) => {
      if (isWrite && ++writes === number) await act()
      return { kind: 'pass' }
    })
    const ended = await place.run(argumentsFor(stage, 'apply', file))
    stage.proxy.relax()
    return ended
  }

  async function expectFinishedByNext(): Promise<void> {
    const next = await stage.place.run(argumentsFor(stage, 'apply', file))
    expect({ code: next.exitCode, told: next.exitCode === 0 ? '' : next.stdout }).toEqual({
      code: 0,
      told: '',
    })
    expect(await whyNotThere(stage.cluster, scenario, beginning)).toBeUndefined()
  }

  async function makeToken(
    options: Readonly<Record<string, string>>,
  ): Promise<{ readonly id: string; readonly accessor: string }> {
    const body = { policies: ['root'], ...options }
    const path = 'auth/token/create'
    const active = await stage.cluster.activeIndex()
    const answer = await stage.cluster.request<{
      auth: { client_token: string; accessor: string }
    }>(active, 'POST', path, { body })
    const { client_token: token, accessor } = answer.body.auth
    // A standby hears of a token a little later, and later still on a busy machine.
    for (const node of stage.cluster.addresses) {
      await waitUntil(`${node} knows the token`, async () => {
        const { status } = await stage.cluster.request(node, 'GET', 'auth/token/lookup-self', {
          token,
        })
        return status === 200 ? undefined : `it answers ${String(status)}`
      })
    }
    return { id: token, accessor }
  }

  async function rootWrite(path: string, body: unknown): Promise<void> {
    const active = await stage.cluster.activeIndex()
    await stage.cluster.request(active, 'POST', path, { body })
  }

  /** With a plugin's file unusable on every node. */
  async function withoutProgram<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { chmod } = await import('node:fs/promises')
    const paths = stage.cluster.pluginDirectories.map((folder) => join(folder, name))
    await Promise.all(paths.map((path) => chmod(path, 0o600)))
    try {
      return await work()
    } finally {
      await Promise.all(paths.map((path) => chmod(path, 0o755)))
    }
  }
})
