/** Carries out an approved plan: under the locks, into the journal, watched, and stoppable. */
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { NodeAddress } from '../domain/names.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import { findActive } from '../apply/facts/active-node.ts'
import { type ClusterLock, takeClusterLock } from '../lock/cluster-lock.ts'
import { resolveEnvironment } from '../apply/environment.ts'
import { journalRoot, openJournal } from '../journal/write-journal.ts'
import { type LocalLock, type LockHolder, takeLocalLock } from '../lock/local-lock.ts'
import { unreloadedEntries } from '../journal/past-runs.ts'
import { createRecorder } from '../apply/recorder.ts'
import type { EnvironmentOf } from '../apply/send-once.ts'
import { runPlan } from '../apply/run.ts'
import { followRun, type RunProgress } from '../journal/run-progress.ts'
import { keepToken } from '../apply/token-renewal.ts'
import { createVerify, type RunCommand } from '../apply/verify.ts'
import { readStateBefore } from '../apply/read-state-before.ts'
import { faultOf } from '../apply/stop-reasons.ts'
import { gateWrites } from '../apply/write-gate.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import type { Client } from '../server/client.ts'
import { lockCommands, type TypedOptions } from './resume-command.ts'
import type { Host } from './host/host.ts'
import { jsonProgress, lineProgress, listProgress, type Progress } from './progress.ts'
import { checkCommands, commandRunner } from './user-commands/run-command.ts'
import type { Session } from './session.ts'
import { refuseUntrusted } from './untrusted-run.ts'
import { watchInterrupt } from './watch-interrupt.ts'

export interface CarryOutOptions extends TypedOptions {
  readonly json?: boolean
  /** Seconds to wait after each reload before its mounts are checked again. */
  readonly soak?: number
  /** Seconds to wait for a leader, or for a node that is away. */
  readonly wait: number
}

export interface Job {
  readonly plan: FreshPlan
  readonly desired: DesiredState
  /** The files that hold values of `env`; absent: `env` comes from the environment alone. */
  readonly values: DesiredState | undefined
  readonly session: Session
  /** Where the cluster's journals are kept. */
  readonly folder: string
  readonly options: CarryOutOptions
  readonly host: Host
  /** Of a rollback: the run to whose beginning it goes back. */
  readonly backTo?: string
  /** The id of the plan file that is carried out. */
  readonly savedPlanId?: string
  /** How a run ended, for people. */
  readonly describeEnd: (outcome: RunOutcome) => string
}

/** Throws a LockstepError before anything is begun where it is locked or cannot be recorded. */
export async function carryOut(job: Job): Promise<RunOutcome> {
  const { plan, host, session, describeEnd } = job
  const { commands } = session
  const runCommand =
    commands === undefined ? refuseUntrusted(plan, job.desired) : commandRunner(commands)
  // What a step back would take from a variable is not for an untrusted file to say either.
  const environmentOf = resolveEnvironment(plan, {
    desired: job.values,
    variables: commands === undefined ? {} : host.env,
    token: session.token,
  })
  checkCommands(plan, host.env['PATH'])
  session.secrets.learn({ desired: job.values, plan })
  const since = host.now().toISOString()
  const run = `${since.replace(/[:.]/g, '-')}-${host.randomHex(3)}`
  const holder = { run, who: host.who, since, pid: host.pid, host: host.hostname }
  // Wherever this run's journal goes: two runs with a journal each must meet somewhere.
  const folder = journalRoot(host.env, host.home).of(plan.cluster.id)
  const localLock = takeLocalLock({
    ...{ folder, holder, isAlive: host.isAlive },
    commands: lockCommands(job.options),
  })
  const gate = gateWrites(session.client)
  const progress = followRun(plan)
  const { release } = localLock
  const interrupt = watchInterrupt({ host, gate, progress, describeEnd, release })
  try {
    const clusterLock = await lockCluster(job, holder)
    try {
      return await runRecorded(job, {
        ...{ run, localLock, clusterLock, environmentOf, progress },
        client: gate.client,
        interrupted: interrupt.asked,
        runCommand,
      })
    } finally {
      // A lock that cannot be released ends by itself: it must not hide how the run ended.
      await clusterLock?.release().catch(() => undefined)
    }
  } finally {
    interrupt.stop()
    localLock.release()
  }
}

interface StartedRun {
  readonly run: string
  readonly localLock: LocalLock
  readonly clusterLock: ClusterLock | undefined
  readonly environmentOf: EnvironmentOf
  readonly progress: RunProgress
  readonly client: Client
  readonly interrupted: () => boolean
  readonly runCommand: RunCommand
}

async function runRecorded(job: Job, started: StartedRun): Promise<RunOutcome> {
  const { plan, session, folder, options, host } = job
  const { client, environmentOf } = started
  // Read before this run's own journal is among them.
  const written = unreloadedEntries(folder, plan.cluster.id)
  const journal = openJournal(folder, started.run)
  try {
    const progress = await chooseProgress(options, plan, host)
    const sinks = [journal.write, started.progress.sink]
    const recorder = createRecorder({
      ...{ run: started.run, by: host.who, now: host.now, sinks, watchers: [progress.sink] },
      ...(job.backTo !== undefined && { backTo: job.backTo }),
      ...(job.savedPlanId !== undefined && { savedPlanId: job.savedPlanId }),
    })
    const stopKeeping = await keepToken({
      client: session.client,
      node: nodeFinder(job),
      every: host.every,
    })
    try {
      await recorder.runStarted(plan, await readStateBefore(client, plan))
      const outcome = await runPlan(plan, {
        client,
        recorder,
        environmentOf,
        verify: createVerify({
          client,
          runCommand: started.runCommand,
        }),
        soak: options.soak ?? 0,
        wait: options.wait,
        clock: () => host.now().getTime(),
        written,
        interrupted: started.interrupted,
        lockLost: () => !started.localLock.isOurs() || started.clusterLock?.isOurs() === false,
        lookAtLock: async () => started.clusterLock?.look(),
      })
      return await recordEnd(outcome, () => recorder.runEnded(outcome))
    } finally {
      stopKeeping()
      // What was drawn or not changes nothing about what was done.
      await progress.end().catch(() => undefined)
    }
  } finally {
    journal.close()
  }
}

/**
 * A journal that cannot be written has ended most runs already. One that is done is told with what
 * keeps it from being recorded.
 */
async function recordEnd(outcome: RunOutcome, record: () => Promise<void>): Promise<RunOutcome> {
  try {
    await record()
    return outcome
  } catch (error) {
    if (outcome.kind !== 'done') return outcome
    const unrecorded = { unchecked: [], between: false, remaining: [] }
    return { ...outcome, kind: 'stopped', error: faultOf(error), ...unrecorded }
  }
}

async function lockCluster(job: Job, holder: LockHolder): Promise<ClusterLock | undefined> {
  const { plan, session, host } = job
  const kv = plan.cluster.lock
  if (kv === undefined) return undefined
  return takeClusterLock({
    client: session.client,
    node: nodeFinder(job),
    kv,
    run: holder.run,
    who: holder.who,
    since: holder.since,
    watcher: host,
    show: lockCommands(job.options).show,
    every: host.every,
    clock: () => host.now().getTime(),
  })
}

/** The active node of the moment, waited for as long as the user said. */
function nodeFinder({ plan, session, options, host }: Job): () => Promise<NodeAddress> {
  return () =>
    findActive({
      client: session.client,
      nodes: plan.cluster.nodes.map(({ address }) => address),
      patience: options.wait * 1000,
      clock: () => host.now().getTime(),
      waiting: () => Promise.resolve(),
      interrupted: () => false,
    })
}

function chooseProgress(options: CarryOutOptions, plan: Plan, host: Host): Promise<Progress> {
  if (options.json === true) return Promise.resolve(jsonProgress(host.out))
  if (options.quiet === true) return Promise.resolve(lineProgress(plan, () => undefined))
  // The list is drawn on stdout, and needs to know how wide that is.
  const canDraw = host.outIsTerminal && host.width < Infinity
  if (!canDraw || !host.errIsTerminal || options.verbose === true) {
    return Promise.resolve(lineProgress(plan, host.err))
  }
  return listProgress(plan, host)
}
