/**
 * The program killed at every line of its journal, while each of its writes is carried out, and
 * while each one's answer is on its way; in a run that succeeds, and in one that is rolled back.
 */
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { findSilentMounts } from '../real/node-views.ts'
import { bySize } from '../size.ts'
import {
  argumentsFor,
  type Attempt,
  attempt,
  closeStage,
  openStage,
  type Stage,
} from './attempt.ts'
import { someOf, tryFamily } from './family.ts'
import type { Fate } from './fault-proxy.ts'
import type { Ended } from './run-program.ts'
import {
  begin,
  inPlace,
  type Scenario,
  scenarios,
  sideBySide,
  versioned,
  whyNotThere,
  writeFileOf,
} from './scenario.ts'

/** The most usual change, or every one. */
const killed = bySize<readonly Scenario[]>({ few: [versioned], many: scenarios })

/** Milliseconds into a write, when a reload is under way. */
const AMID = 15

const dieAtLine = fileURLToPath(new URL('die-at-line.mjs', import.meta.url))

/** Kills a run at its moment; throws where it ended before, or went on after it. */
type KillPoint = (stage: Stage, start: Parameters<Attempt['disturb']>[0]) => Promise<Ended>

describeReal('a run that is killed', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(sharedCluster())
  })
  afterAll(async () => {
    await closeStage(stage)
    await sharedCluster().reset()
  })

  it.each(killed)('$name: is finished by the next', async (scenario) => {
    const { exitCode, told, events, writes } = await runThrough(stage, scenario)
    expect({ exitCode, told: exitCode === 0 ? '' : told }).toEqual({ exitCode: 0, told: '' })

    const { lost } = await killAtEach(`killed, ${scenario.name}`, scenario, [
      ...events.map((_, index) => atLine(index + 1)),
      ...upTo(writes).map((number) =>
        atWrite(number, (kill) => ({ kind: 'cut-during', milliseconds: AMID, cut: kill })),
      ),
      ...upTo(writes).map((number) =>
        atWrite(number, (kill) => ({ kind: 'swallow', carriedOut: kill })),
      ),
    ])

    expect(lost).toEqual([])
  })

  it('with several requests under way: is finished by the next', async () => {
    const { lost } = await tryFamily(
      `killed with several requests under way, ${sideBySide.name}`,
      [whileTogether(/\/catalog\//, 3), whileTogether(/\/tune$/, 2)].map((killAt) => () => {
        return attempt({ stage, scenario: sideBySide, disturb: (start) => killAt(stage, start) })
      }),
    )

    expect(lost).toEqual([])
  })

  it('amid a reload, which may leave its mounts down: the next mends them', async () => {
    let down = 0
    // After how many milliseconds the server sees that nobody waits for it.
    const moments = someOf([5, 10, 15, 20, 25, 30], 1)
    const { lost } = await tryFamily(
      'killed amid a reload, upgrade in place',
      moments.map((milliseconds) => () => {
        const killAt = atWrite(2, (cut) => ({ kind: 'cut-during', milliseconds, cut }))
        return attempt({
          stage,
          scenario: inPlace,
          disturb: (start) => killAt(stage, start),
          calm: async () => {
            if ((await findSilentMounts(stage.cluster)).length > 0) down += 1
          },
        })
      }),
    )
    process.stderr.write(`of them left mounts down: ${String(down)}\n`)

    expect(lost).toEqual([])
  })

  it.each(bySize({ few: [inPlace], many: [inPlace, versioned] }))(
    '$name, rolled back: is finished by the next',
    async (scenario) => {
      const { exitCode, events } = await runThrough(stage, scenario, 'broken on the active node')
      expect(exitCode).toBe(5)
      const failed = events.indexOf('step_failed')
      expect(events.slice(failed)).toContain('undo_done')

      const undoing = events.flatMap((_, index) => (index < failed ? [] : [atLine(index + 1)]))
      const { lost } = await killAtEach(
        `killed while rolled back, ${scenario.name}`,
        scenario,
        undoing,
        'broken on the active node',
      )

      expect(lost).toEqual([])
    },
  )

  /** `program`: broken until the run was killed. */
  function killAtEach(
    name: string,
    scenario: Scenario,
    points: readonly KillPoint[],
    program: NewProgram = 'whole',
  ): ReturnType<typeof tryFamily> {
    const tries = someOf(points, 2).map((killAt) => async () => {
      const disturb: Attempt['disturb'] = (start) =>
        withProgram(program, stage.cluster, () => killAt(stage, start))
      return attempt({ stage, scenario, disturb })
    })
    return tryFamily(name, tries, points.length)
  }
})

/** So many lines are in the journal then, all on disk. */
function atLine(lines: number): KillPoint {
  return async ({ place }, start) => {
    const options = `NODE_OPTIONS=--import=${dieAtLine}`
    const ended = await start(['env', options, `LOCKSTEP_TEST_LINES=${String(lines)}`]).ended
    const written = place.journalLines().length
    if (ended.exitCode !== null || written !== lines) {
      throw new Error(
        `it was to die at line ${String(lines)}, and ended with ${String(ended.exitCode)} at ${String(written)}`,
      )
    }
    return ended
  }
}

/** `fateWith` is given what kills. */
function atWrite(number: number, fateWith: (kill: () => void) => Fate): KillPoint {
  return async ({ proxy }, start) => {
    const running: { kill?: () => void } = {}
    const fate = fateWith(() => running.kill?.())
    proxy.intercept(({ isWrite, writes }) =>
      isWrite && writes === number ? fate : { kind: 'pass' },
    )
    const { child, ended } = start()
    running.kill = () => void child.kill('SIGKILL')
    const { exitCode, ...rest } = await ended
    if (exitCode !== null) {
      throw new Error(`it ended with ${String(exitCode)} before write ${String(number)}`)
    }
    return { exitCode, ...rest }
  }
}

/**
 * When so many of these writes are under way at the same time: the first one was carried out, and the
 * server never gets the others.
 */
function whileTogether(path: RegExp, number: number): KillPoint {
  return async ({ place, proxy }, start) => {
    const running: { kill?: () => void } = {}
    let arrived = 0
    let first: () => void = () => undefined
    const carriedOut = new Promise<void>((resolve) => (first = resolve))
    proxy.intercept((seen) => {
      const isMeant = seen.isWrite && path.test(seen.path)
      // The first of the tunes goes alone.
      const isAlone = seen.path.endsWith('alpha/tune')
      if (!isMeant || isAlone) return { kind: 'pass' }
      arrived += 1
      if (arrived === number) void carriedOut.then(() => running.kill?.())
      return arrived === 1 ? { kind: 'swallow', carriedOut: first } : { kind: 'hold' }
    })
    const { child, ended } = start()
    running.kill = () => void child.kill('SIGKILL')
    const { exitCode, ...rest } = await ended
    if (exitCode !== null) throw new Error(`it ended with ${String(exitCode)}`)
    const events = place.journalLines().map((line) => JSON.parse(line) as JournalEvent)
    const begun = events.filter(({ event }) => event === 'step_started').length
    const done = events.filter(({ event }) => event === 'step_done').length
    expect(begun - done).toBe(number)
    return { exitCode, ...rest }
  }
}

interface Undisturbed {
  readonly exitCode: number | null
  readonly told: string
  /** The lines of its journal. */
  readonly events: readonly string[]
  readonly writes: number
}

/** A run that nobody kills; `broken` is a program that cannot be started meanwhile. */
async function runThrough(
  { cluster, proxy, place }: Stage,
  scenario: Scenario,
  program: NewProgram = 'whole',
): Promise<Undisturbed> {
  await place.clear()
  const beginning = await begin(cluster, scenario)
  const file = await writeFileOf(cluster, scenario, place.home)
  let count = 0
  proxy.intercept(({ writes }) => {
    count = writes
    return { kind: 'pass' }
  })
  const { exitCode, stdout, stderr } = await withProgram(program, cluster, () =>
    place.run(argumentsFor({ cluster, proxy, place }, 'apply', file)),
  )
  proxy.relax()
  if (exitCode === 0) expect(await whyNotThere(cluster, scenario, beginning)).toBeUndefined()
  const events = place.journalLines().map((line) => (JSON.parse(line) as JournalEvent).event)
  return { exitCode, told: stdout + stderr, events, writes: count }
}

/** The new program on the active node, which is reloaded last. */
type NewProgram = 'whole' | 'broken on the active node'

/** Who is active is asked here: a node that missed a mount may have been made to lead before. */
async function withProgram<T>(
  program: NewProgram,
  cluster: ClusterClient,
  work: () => Promise<T>,
): Promise<T> {
  if (program === 'whole') return work()
  const folder = cluster.pluginDirectories[await cluster.activeIndex()] ?? ''
  const file = join(folder, 'secrets-kv-0.21.0')
  await chmod(file, 0o600)
  try {
    return await work()
  } finally {
    await chmod(file, 0o755)
  }
}

/** 1, 2, 3 … */
function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
