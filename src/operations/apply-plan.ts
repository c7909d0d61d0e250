/**
 * Applies a plan: under the locks, into the journal, checked, and stoppable; then plans again and
 * expects nothing to do.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import type { DesiredState } from '../domain/desired.ts'
import { resolveEnvironment } from '../apply/environment.ts'
import { findActive } from '../apply/facts/active-node.ts'
import { DEFAULT_PARALLELISM } from '../apply/run-context.ts'
import { gateWrites, type WriteGate } from '../apply/write-gate.ts'
import { followRun, type RunProgress } from '../journal/run-progress.ts'
import { takeClusterLock } from '../lock/cluster-lock.ts'
import { type LockCommands, type LockHolder, takeLocalLock } from '../lock/local-lock.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { checkConverged } from './check-converged.ts'
import { checkCommands } from './user-commands/check-commands.ts'
import { type Context, stateFolder } from './context.ts'
import { isBlocked, type MadePlan } from './make-plan.ts'
import { recordRun } from './record-run.ts'
import { refuseUntrusted } from './untrusted-run.ts'

export interface ApplyInput {
  /** What `makePlan` or `makePlanFromFile` returned. Whoever calls has approved it. */
  readonly made: MadePlan
  /**
   * The files that hold values of `env`: `made.desired`, unless that was read from a plan file or a
   * journal, which hold none. Not given: `env` comes from the variables of this machine alone.
   */
  readonly values?: DesiredState | undefined
  /** Seconds to watch each reloaded mount before the next step; 0 if not given. */
  readonly soak?: number
  /** Seconds to wait for a leader, or for a node that does not answer; 60 if not given. */
  readonly wait?: number
  /** How many steps may be under way at the same time; 4 if not given. */
  readonly parallelism?: number
  /** Of a rollback: the run to whose beginning it returns. */
  readonly backTo?: string
  /** The commands that show and release the locks, for the error of a run that is locked out. */
  readonly lockCommands?: LockCommands
  /** Told of each line of the journal, after it is on disk. What it throws ends no run. */
  readonly onEvent?: (event: JournalEvent) => void | Promise<void>
  /** Called when the lock of this machine is held; what it returns is called when it is released. */
  readonly onStart?: (run: ActiveRun) => () => void
}

/** A run that can be stopped. */
export interface ActiveRun extends Pick<WriteGate, 'shut' | 'isUnderWay' | 'settled'> {
  readonly plan: FreshPlan
  /** Lets the step under way finish, and begins no other. */
  readonly stop: () => void
  /** How the run has ended if the process ends now. */
  readonly ending: RunProgress['ending']
  /** Releases the lock of this machine: for who ends the process. */
  readonly release: () => void
}

export type ApplyResult =
  /** Nothing was begun. `by`: whether the plan was blocked, or `binary_check` blocked it. */
  | { readonly kind: 'blocked'; readonly by: 'plan' | 'binary_check'; readonly plan: FreshPlan }
  /** The plan is not what the plan file says: nothing was begun. */
  | { readonly kind: 'stale'; readonly plan: FreshPlan }
  /** The plan has no steps. */
  | { readonly kind: 'nothing_to_do'; readonly plan: FreshPlan }
  | { readonly kind: 'ended'; readonly outcome: RunOutcome; readonly plan: FreshPlan }

const LOCK_COMMANDS: LockCommands = { show: 'lockstep lock show', release: 'lockstep lock release' }

/**
 * Runs what is left of `binary_check`, takes the locks, carries out the plan, releases the locks and
 * checks that planning again finds nothing to do. However the run ends, the outcome says what was
 * done. Throws a LockstepError before anything is begun: exit 7 if locked, exit 3 if the plan needs
 * what untrusted files may not use, exit 1 if the run cannot be recorded.
 */
export async function applyPlan(input: ApplyInput, context: Context): Promise<ApplyResult> {
  const { made } = input
  if (isBlocked(made.plan)) return { kind: 'blocked', by: 'plan', plan: made.plan }
  if (made.comparison?.kind === 'differs') return { kind: 'stale', plan: made.plan }
  if (made.plan.steps.length === 0) return { kind: 'nothing_to_do', plan: made.plan }
  const plan = made.check === undefined ? made.plan : await made.check()
  if (isBlocked(plan)) return { kind: 'blocked', by: 'binary_check', plan }
  const outcome = await runLocked(plan, input, context)
  if (outcome.kind !== 'done') return { kind: 'ended', outcome, plan }
  const patience = waitOf(input)
  return {
    kind: 'ended',
    outcome: await checkConverged(outcome, made, { patience, context }),
    plan,
  }
}

/** Seconds. */
function waitOf({ wait = 60 }: ApplyInput): number {
  return wait
}

async function runLocked(
  plan: FreshPlan,
  input: ApplyInput,
  context: Context,
): Promise<RunOutcome> {
  const { made, values, lockCommands = LOCK_COMMANDS } = input
  const { commands, secrets } = context
  const runCommand = commands === undefined ? refuseUntrusted(plan, made.desired) : commands.run
  // An untrusted file must not say which variable of this machine an undo reads.
  const environmentOf = resolveEnvironment(plan, {
    desired: values,
    variables: commands === undefined ? {} : context.env,
    token: context.token,
  })
  if (commands !== undefined) checkCommands(plan, commands)
  secrets.learn({ desired: values, plan })
  const holder = holderOf(context)
  const localLock = takeLocalLock({
    folder: stateFolder(context, plan.cluster.id),
    holder,
    commands: lockCommands,
    isAlive: context.isAlive,
  })
  const gate = gateWrites(context.client)
  const progress = followRun(plan)
  let stopped = false
  const end = input.onStart?.({
    plan,
    shut: gate.shut,
    isUnderWay: gate.isUnderWay,
    settled: gate.settled,
    stop: () => {
      stopped = true
    },
    ending: progress.ending,
    release: localLock.release,
  })
  try {
    const run = {
      plan,
      holder,
      environmentOf,
      runCommand,
      progress,
      localLock,
      client: gate.client,
      node: () => activeNode(plan, input, context),
      isStopped: () => stopped,
      soak: input.soak ?? 0,
      wait: waitOf(input),
      parallelism: input.parallelism ?? DEFAULT_PARALLELISM,
      backTo: input.backTo,
      savedPlanId: made.file?.plan_id,
      onEvent: input.onEvent,
    }
    const kv = plan.cluster.lock
    const clusterLock =
      kv === undefined
        ? undefined
        : await takeClusterLock({
            client: context.client,
            node: run.node,
            kv,
            watcher: context,
            run: holder.run,
            who: holder.who,
            since: holder.since,
            show: lockCommands.show,
            every: context.every,
            clock: () => context.now().getTime(),
          })
    try {
      return await recordRun({ ...run, clusterLock }, context)
    } finally {
      // A lock that cannot be released ends by itself: it must not hide how the run ended.
      await clusterLock?.release().catch(() => undefined)
    }
  } finally {
    end?.()
    localLock.release()
  }
}

function holderOf({ now, randomHex, who, pid, hostname }: Context): LockHolder {
  const since = now().toISOString()
  const run = `${since.replace(/[:.]/g, '-')}-${randomHex(3)}`
  return { run, who, since, pid, host: hostname }
}

/** Finds the active node; waits for one as long as `wait` says. */
function activeNode(plan: FreshPlan, input: ApplyInput, { client, now }: Context) {
  return findActive({
    client,
    nodes: plan.cluster.nodes.map(({ address }) => address),
    patience: waitOf(input) * 1000,
    clock: () => now().getTime(),
    reportWait: () => Promise.resolve(),
  })
}
