/** Carries out an approved plan: under the locks, into the journal, watched, and stoppable. */
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT } from '../domain/errors.ts'
import type { NodeAddress } from '../domain/names.ts'
import type { RunOutcome } from '../domain/run-outcome.ts'
import { type ClusterLock, takeClusterLock } from '../apply/cluster-lock.ts'
import { resolveEnvironment } from '../apply/environment.ts'
import { openJournal } from '../apply/journal.ts'
import { type LockHolder, takeLocalLock } from '../apply/local-lock.ts'
import { createRecorder } from '../apply/recorder.ts'
import { runPlan } from '../apply/run.ts'
import { createVerify } from '../apply/verify.ts'
import type { Host } from './host.ts'
import type { OutputOptions } from './options.ts'
import { jsonProgress, lineProgress, listProgress, type Progress } from './progress.ts'
import { runCommand } from './run-command.ts'
import type { Session } from './session.ts'

export interface CarryOutOptions extends OutputOptions {
  readonly json?: boolean
  /** Seconds to wait after each reload before its mounts are checked again. */
  readonly soak?: number
}

export interface Job {
  readonly plan: Plan
  /** Absent for a saved plan given without its file: then no `verify` is known. */
  readonly desired: DesiredState | undefined
  readonly session: Session
  /** Where the cluster's journals and its lock are kept. */
  readonly folder: string
  readonly options: CarryOutOptions
  readonly host: Host
}

/** Throws a LockstepError before anything is begun where it is locked or cannot be recorded. */
export async function carryOut(job: Job): Promise<RunOutcome> {
  const { plan, desired, session, folder, options, host } = job
  const environmentOf = resolveEnvironment(plan, desired, host.env)
  const since = host.now().toISOString()
  const run = `${since.replace(/[:.]/g, '-')}-${host.randomHex(3)}`
  const holder = { run, who: host.who, since, pid: host.pid, host: host.hostname }
  const release = takeLocalLock({ folder, holder, isAlive: host.isAlive })
  try {
    const clusterLock = await lockCluster(job, holder)
    try {
      const journal = openJournal(folder, run)
      const progress = await chooseProgress(options, plan, host)
      const recorder = createRecorder({
        run,
        by: host.who,
        now: host.now,
        sinks: [journal.write, progress.sink],
      })
      const interrupt = watchInterrupt(host)
      try {
        await recorder.runStarted(plan)
        const outcome = await runPlan(plan, {
          client: session.client,
          recorder,
          environmentOf,
          verify: createVerify({ client: session.client, desired, runCommand }),
          soak: options.soak ?? 0,
          interrupted: () => interrupt.asked() || clusterLock?.isOurs() === false,
        })
        await recorder.runEnded(outcome)
        return outcome
      } finally {
        interrupt.stop()
        await progress.end()
        journal.close()
      }
    } finally {
      await clusterLock?.release()
    }
  } finally {
    release()
  }
}

async function lockCluster(
  { plan, session, host }: Job,
  holder: LockHolder,
): Promise<ClusterLock | undefined> {
  const kv = plan.cluster.lock
  const node: NodeAddress | undefined = plan.cluster.nodes.find(
    ({ role }) => role === 'active',
  )?.address
  if (kv === undefined || node === undefined) return undefined
  return takeClusterLock({
    client: session.client,
    node,
    kv,
    run: holder.run,
    who: holder.who,
    since: holder.since,
    every: host.every,
    clock: () => host.now().getTime(),
  })
}

function chooseProgress(options: CarryOutOptions, plan: Plan, host: Host): Promise<Progress> {
  if (options.json === true) return Promise.resolve(jsonProgress(host.out))
  if (options.quiet === true) return Promise.resolve(lineProgress(plan, () => undefined))
  if (!host.errIsTerminal || options.verbose === true) {
    return Promise.resolve(lineProgress(plan, host.err))
  }
  return listProgress(plan, host)
}

/** The first Ctrl-C lets the step under way finish; the second ends at once, the journal whole. */
function watchInterrupt(host: Host): { asked: () => boolean; stop: () => void } {
  let times = 0
  const stop = host.onInterrupt(() => {
    times += 1
    if (times > 1) host.exit(EXIT.interrupted)
    host.err('\nStopping after the step under way. Press Ctrl-C again to stop at once.\n')
  })
  return { asked: () => times > 0, stop }
}
