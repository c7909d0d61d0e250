/**
 * Applies a plan: takes the locks, writes the journal, checks each step, and can be stopped. Then
 * plans again and expects an empty plan.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { RunOutcome } from '../documents/run-outcome.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { resolveEnvironment } from '../apply/environment.ts'
import { findActive } from '../apply/facts/active-node.ts'
import { createSeenAnswers, type SeenAnswers } from '../apply/facts/seen-answers.ts'
import { DEFAULT_PARALLELISM } from '../apply/run-context.ts'
import { gateWrites, type WriteGate } from '../apply/write-gate.ts'
import { followRun, type RunProgress } from '../journal/run-progress.ts'
import { takeClusterLock } from '../lock/cluster-lock.ts'
import {
  type LockCommands,
  type LockHolder,
  takeLocalLock,
  wasLockedSince,
} from '../lock/local-lock.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { checkConverged } from './check-converged.ts'
import { checkCommands } from './user-commands/check-commands.ts'
import { type Context, stateFolder } from './context.ts'
import { isBlocked, type MadePlan } from './make-plan.ts'
import { recordRun } from './record-run.ts'
import { refuseUntrusted } from './untrusted-run.ts'

export interface ApplyInput {
  /** The result of `makePlan` or `makePlanFromFile`. The caller has had it approved. */
  readonly made: MadePlan
  /**
   * The desired state that holds the values of `env`: `made.desired`, unless that was read from a
   * plan file or a journal, which hold no values. Not given: `env` comes only from the variables of
   * this machine.
   */
  readonly values?: DesiredState | undefined
  /** Seconds to watch each reloaded mount before the next step; 0 if not given. */
  readonly soak?: number
  /** Seconds to wait for a leader, or for a node that does not answer; 60 if not given. */
  readonly wait?: number
  /** The number of steps that may run at the same time; 4 if not given. */
  readonly parallelism?: number
  /** If the run is a rollback: the run whose initial state it returns to. */
  readonly backTo?: string
  /** The commands that show and release the locks, for the error that the cluster is locked. */
  readonly lockCommands?: LockCommands
  /**
   * Called with each line of the journal after it is written. An error that it throws does not end
   * the run.
   */
  readonly onEvent?: (event: JournalEvent) => void | Promise<void>
  /**
   * Called when the lock of this machine is held. The function it returns is called when the lock
   * is released.
   */
  readonly onStart?: (run: ActiveRun) => () => void
}

/** A run under way, with the functions that stop it. */
export interface ActiveRun extends Pick<WriteGate, 'shut' | 'isUnderWay' | 'settled'> {
  readonly plan: FreshPlan
  /** Lets the steps under way finish and begins no other step. */
  readonly stop: () => void
  /** The outcome of the run if the process ended now. */
  readonly ending: RunProgress['ending']
  /** Releases the lock of this machine. Call it before ending the process. */
  readonly release: () => void
}

export type ApplyResult =
  /**
   * Nothing was begun. `by`: the plan itself was blocked, or the result of `binary_check` blocked
   * it.
   */
  | { readonly kind: 'blocked'; readonly by: 'plan' | 'binary_check'; readonly plan: FreshPlan }
  /** The plan differs from the plan file. Nothing was begun. */
  | { readonly kind: 'stale'; readonly plan: FreshPlan }
  /** The plan has no steps. */
  | { readonly kind: 'nothing_to_do'; readonly plan: FreshPlan }
  | { readonly kind: 'ended'; readonly outcome: RunOutcome; readonly plan: FreshPlan }

const LOCK_COMMANDS: LockCommands = { show: 'lockstep lock show', release: 'lockstep lock release' }

/**
 * Runs `binary_check` if it has not run, takes the locks, carries out the plan, releases the locks,
 * and checks that planning again gives an empty plan. However the run ends, the outcome says what
 * was done. Throws a LockstepError before anything is begun: exit 7 if locked, exit 3 if the plan
 * needs what untrusted files may not use, exit 1 if the run cannot be recorded.
 */
export async function applyPlan(input: ApplyInput, context: Context): Promise<ApplyResult> {
  const { made } = input
  if (isBlocked(made.plan)) return { kind: 'blocked', by: 'plan', plan: made.plan }
  if (made.comparison?.kind === 'differs') return { kind: 'stale', plan: made.plan }
  if (made.plan.steps.length === 0) return { kind: 'nothing_to_do', plan: made.plan }
  const plan = made.check === undefined ? made.plan : await made.check()
  if (isBlocked(plan)) return { kind: 'blocked', by: 'binary_check', plan }
  const answers = createSeenAnswers(() => context.now().getTime())
  const outcome = await runLocked(plan, { ...input, answers }, context)
  if (outcome.kind !== 'done') return { kind: 'ended', outcome, plan }
  const patience = waitOf(input)
  return {
    kind: 'ended',
    outcome: await checkConverged(outcome, made, { patience, context, answers }),
    plan,
  }
}

/** How long to wait for a leader or a node, in seconds. */
function waitOf({ wait = 60 }: ApplyInput): number {
  return wait
}

/**
 * What a run needs of this machine. Throws a LockstepError if it is not there: a command that cannot
 * be started, a variable that is not set, or something that untrusted files may not use.
 */
export function prepareMachine(
  plan: FreshPlan,
  { made, values }: Pick<ApplyInput, 'made' | 'values'>,
  context: Context,
) {
  const { commands } = context
  const runCommand = commands === undefined ? refuseUntrusted(plan, made.desired) : commands.run
  // An untrusted file must not choose which variable of this machine a rollback reads.
  const environmentOf = resolveEnvironment(plan, {
    desired: values,
    variables: commands === undefined ? {} : context.env,
    credentials: context.credentials(),
  })
  if (commands !== undefined) checkCommands(plan, commands)
  return { runCommand, environmentOf }
}

async function runLocked(
  plan: FreshPlan,
  input: ApplyInput & { readonly answers: SeenAnswers },
  context: Context,
): Promise<RunOutcome> {
  const { made, values, lockCommands = LOCK_COMMANDS } = input
  const { runCommand, environmentOf } = prepareMachine(plan, input, context)
  context.secrets.learn({ desired: values, plan })
  const holder = holderOf(context)
  const folder = stateFolder(context, plan.cluster.id)
  // A run that ended between the reading and this lock may have changed what was read. When a run on
  // another machine ended is not known.
  const mayHaveChanged =
    plan.cluster.lock !== undefined ||
    made.readAt === undefined ||
    wasLockedSince(folder, made.readAt)
  const localLock = takeLocalLock({
    folder,
    holder,
    commands: lockCommands,
    isAlive: context.isAlive,
  })
  const gate = gateWrites(context.client)
  const progress = followRun(plan)
  let stopped = false
  let onEnd: (() => void) | undefined
  context.markRun(holder.run)
  try {
    onEnd = input.onStart?.({
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
      answers: input.answers,
      live: made.live,
      fresh: () => (mayHaveChanged ? undefined : freshReading(made, context)),
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
      // A cluster lock that cannot be released expires by itself. Its error must not hide the
      // outcome.
      await clusterLock?.release().catch(() => undefined)
    }
  } finally {
    context.markRun(undefined)
    localLock.release()
    onEnd?.()
  }
}

/** Milliseconds: long enough for a plan to be made and judged, too short for a person to have read it. */
const FRESH = 5_000

/**
 * What the plan was made from, if all of it could be read a moment ago: what the nodes ran then is
 * what they ran when the run began. What the steps rely on is read again all the same.
 */
function freshReading({ live, readAt }: MadePlan, { now }: Context): LiveState | undefined {
  const isRecent = readAt !== undefined && now().getTime() - readAt <= FRESH
  return isRecent && live.unreadable.length === 0 ? live : undefined
}

function holderOf({ now, randomHex, who, pid, hostname }: Context): LockHolder {
  const since = now().toISOString()
  const run = `${since.replace(/[:.]/g, '-')}-${randomHex(3)}`
  return { run, who, since, pid, host: hostname }
}

/** Finds the active node, waiting for it up to `wait` seconds. */
function activeNode(plan: FreshPlan, input: ApplyInput, { client, now }: Context) {
  return findActive({
    client,
    nodes: plan.cluster.nodes.map(({ address }) => address),
    patience: waitOf(input) * 1000,
    clock: () => now().getTime(),
    reportWait: () => Promise.resolve(),
  })
}
