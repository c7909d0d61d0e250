/** Shows a made plan, asks a person, applies it, and prints how it ended. */
import type { Failure, RunOutcome } from '../documents/run-outcome.ts'
import { blockingFindings } from '../documents/blocking.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError, unreachable } from '../domain/errors.ts'
import { line, lines } from '../domain/printable.ts'
import { applyPlan, type ApplyResult } from '../operations/apply-plan.ts'
import type { Context } from '../operations/context.ts'
import { isBlocked, type MadePlan } from '../operations/make-plan.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { renderOutcome } from '../render/outcome-text.ts'
import { nameNodes } from '../render/node-names.ts'
import { renderFindings } from '../render/findings-text.ts'
import { summarizePlan } from '../render/plan-summary.ts'
import { renderPlan } from '../render/plan-text.ts'
import { blockedExitCode, type AllowOptions } from './allowances.ts'
import { commandByHand } from './curl-command.ts'
import { viewOf } from './host/colour.ts'
import type { Host } from './host/host.ts'
import type { CommonOptions, DetailOption } from './options.ts'
import { progressOf } from './choose-progress.ts'
import { lockCommands } from './resume-command.ts'
import { warnOfTokenLife } from './token-life.ts'
import { watchInterrupt } from './watch-interrupt.ts'

/** Of a command that ends in applying a plan. */
export type CarryingOptions = CommonOptions &
  DetailOption &
  AllowOptions & {
    readonly autoApprove?: boolean
    readonly input: boolean
    readonly json?: boolean
    readonly journal?: string
    readonly logFile?: string
    /** How many steps may be under way at the same time. */
    readonly parallelism?: number
    /** Seconds. */
    readonly soak?: number
    /** Seconds. */
    readonly wait: number
  }

export type ApplyOptions = CarryingOptions & {
  readonly expect?: string
  /** Seconds. */
  readonly maxAge: number
}

export interface ApplyJob {
  /** Shown, and asked about. */
  readonly made: MadePlan
  /** The files that hold values of `env`; undefined for a saved plan that was given without them. */
  readonly values: DesiredState | undefined
  readonly session: Context
  readonly options: CarryingOptions
  readonly host: Host
  /** The command that resumes a run of this plan. */
  readonly resume: string
  /** The command that plans anew if this plan is stale. */
  readonly anew: string
  /** Of a rollback: the run to whose beginning it returns. */
  readonly backTo?: string
}

/** The exit code; throws a LockstepError if nothing can be begun. */
export async function approveAndApply(job: ApplyJob): Promise<ExitCode> {
  const { session, options, host } = job
  const { plan } = job.made
  showPlan(job)
  if (isBlocked(plan)) return blockedExitCode(plan)
  if (plan.steps.length === 0) return EXIT.done
  await warnOfTokenLife({
    plan,
    session,
    host,
    ...(options.soak !== undefined && { soak: options.soak }),
  })
  if (options.autoApprove !== true) {
    const refusal = await whyNotApproved(options, host)
    if (refusal !== undefined) {
      host.err(line`${refusal.told}`)
      return refusal.exitCode
    }
  }
  const result = await applyWatched(job)
  switch (result.kind) {
    case 'blocked':
      tellBlockedByCheck(result.plan, job)
      return blockedExitCode(result.plan)
    // What differs was told before anything was asked.
    case 'stale':
      return EXIT.stale
    case 'nothing_to_do':
      return EXIT.done
    case 'ended':
      tellEnd(job, result.outcome, describeEnd(job, result.plan)(result.outcome))
      return exitCodeOf(result.outcome)
    default:
      return unreachable(result)
  }
}

/** Draws what the run does, and stops it at Ctrl-C. */
async function applyWatched(job: ApplyJob): Promise<ApplyResult> {
  const { made, values, session, options, host, backTo } = job
  const progress = progressOf(made.plan, options, host)
  try {
    return await applyPlan(
      {
        made,
        values,
        wait: options.wait,
        ...(options.parallelism !== undefined && { parallelism: options.parallelism }),
        lockCommands: lockCommands(options),
        ...(options.soak !== undefined && { soak: options.soak }),
        ...(backTo !== undefined && { backTo }),
        onEvent: progress.sink,
        onStart: (run) => watchInterrupt({ run, host, describeEnd: describeEnd(job, run.plan) }),
      },
      session,
    )
  } finally {
    // Whether the last event was drawn changes nothing about what was done.
    await progress.end().catch(() => undefined)
  }
}

function describeEnd(
  { resume, anew, options, host }: ApplyJob,
  plan: FreshPlan,
): (outcome: RunOutcome) => string {
  return (outcome) =>
    renderOutcome(outcome, plan, {
      ...viewOf(options, host),
      resume,
      anew,
      byHand: (action) => commandByHand(action, plan),
    })
}

/** Nobody is asked to approve what they have not seen, and a blocked plan says why it is. */
function showPlan({ made: { plan }, options, host }: ApplyJob): void {
  const shown = lines(renderPlan(plan, viewOf(options, host)))
  const silent = options.json === true || options.quiet === true
  const asks = options.autoApprove !== true && options.json !== true
  if (!silent || asks) host.out(shown)
  else if (isBlocked(plan)) host.err(shown)
  else if (plan.steps.length === 0 && options.json !== true) host.out(line`${summarizePlan(plan)}`)
}

/** The plan was shown and approved; only what the check found is new. */
function tellBlockedByCheck(plan: FreshPlan, { options, host }: ApplyJob): void {
  const findings = renderFindings(blockingFindings(plan.findings), {
    ...viewOf(options, host),
    nodes: nameNodes(plan.cluster.nodes),
  })
  host.err(
    lines(
      findings,
      '',
      'binary_check of the approved plan found this: nothing was begun and nothing was changed.',
    ),
  )
}

/** With `--quiet` a result is a line, and what went wrong is an error. */
function tellEnd({ options, host }: ApplyJob, outcome: RunOutcome, told: string): void {
  if (options.json !== true && options.quiet !== true) host.out(lines(told))
  else if (isTrouble(outcome)) host.err(lines(told))
  else if (options.json !== true) host.out(lines(told.trim()))
}

function isTrouble(outcome: RunOutcome): boolean {
  if (outcome.kind !== 'done' || outcome.readOnly !== undefined) return true
  return outcome.unconfirmed !== undefined
}

interface NotApproved {
  readonly told: string
  readonly exitCode: ExitCode
}

/** Undefined where it was approved. Throws a LockstepError where nobody can be asked. */
async function whyNotApproved(
  options: CarryingOptions,
  host: Host,
): Promise<NotApproved | undefined> {
  if (!options.input || options.json === true || !host.inIsTerminal) {
    throw cannotAsk('there is no terminal to ask on')
  }
  if (!host.outIsTerminal) {
    throw cannotAsk('what was printed went elsewhere than to this terminal')
  }
  const answer = await host.ask('\nApply these steps? Only yes will do: ')
  switch (answer.kind) {
    case 'interrupted':
      return { told: 'Interrupted. Nothing was changed.', exitCode: EXIT.interrupted }
    case 'nothing':
      return { told: 'Not applied. Nothing was changed.', exitCode: EXIT.error }
    case 'said':
      if (answer.text === 'yes') return undefined
      return {
        told: 'Not applied: only yes is taken for yes. Nothing was changed.',
        exitCode: EXIT.error,
      }
    default:
      return unreachable(answer)
  }
}

function cannotAsk(why: string): LockstepError {
  return new LockstepError({
    code: 'cannot-ask',
    message: `the plan was not approved, and ${why}`,
    hint: 'Give --auto-approve to apply it without asking.',
  })
}

/** All is as it was, and what is missing is not on the cluster. */
function isForWantOfRight({ causes }: Failure): boolean {
  return causes.some(({ kind }) => kind === 'not_allowed')
}

function exitCodeOf(outcome: RunOutcome): ExitCode {
  switch (outcome.kind) {
    case 'done':
      return outcome.unconfirmed === undefined ? EXIT.done : EXIT.stoppedBetween
    case 'stale':
      return EXIT.stale
    case 'rolled_back':
      return isForWantOfRight(outcome.failure) ? EXIT.notAllowed : EXIT.rolledBack
    case 'rollback_failed':
      return EXIT.rollbackFailed
    case 'interrupted':
      return EXIT.interrupted
    case 'stopped':
      return outcome.between ? EXIT.stoppedBetween : outcome.error.exitCode
    default:
      return unreachable(outcome)
  }
}
