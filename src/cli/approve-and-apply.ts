/** Shows a plan, asks a person to approve it, applies it, and prints the outcome. */
import type { Failure, RunOutcome } from '../documents/run-outcome.ts'
import { blockedExitCode, blockingFindings } from '../documents/blocking.ts'
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
import type { AllowOptions } from './allowances.ts'
import { curlCommand } from './curl-command.ts'
import { viewOf } from './host/colour.ts'
import type { Host } from './host/host.ts'
import type { CommonOptions, DetailOption } from './options.ts'
import { createProgress } from './choose-progress.ts'
import { lockCommands } from './resume-command.ts'
import { warnOfTokenLife } from './token-life.ts'
import { watchInterrupt } from './watch-interrupt.ts'

/** The options of a command that applies a plan. */
export type CarryingOptions = CommonOptions &
  DetailOption &
  AllowOptions & {
    readonly autoApprove?: boolean
    readonly input: boolean
    readonly json?: boolean
    readonly journal?: string
    readonly logFile?: string
    /** The number of steps that may run at the same time. */
    readonly parallelism?: number
    /** Seconds to watch each reloaded mount. */
    readonly soak?: number
    /** Seconds to wait for a leader, or for a node that does not answer. */
    readonly wait: number
  }

export type ApplyOptions = CarryingOptions & {
  readonly expect?: string
  /** The age in seconds up to which a saved plan is applied. */
  readonly maxAge: number
}

export interface ApplyJob {
  /** The plan to show and to ask about. */
  readonly made: MadePlan
  /** The desired state that holds the values of `env`; undefined for a saved plan without `-f`. */
  readonly values: DesiredState | undefined
  readonly session: Context
  readonly options: CarryingOptions
  readonly host: Host
  /** The command that resumes a run of this plan. */
  readonly resume: string
  /** The command that plans again if this plan is stale. */
  readonly planCommand: string
  /** If the run is a rollback: the run whose initial state it returns to. */
  readonly backTo?: string
}

/** Returns the exit code. Throws a LockstepError if nothing can be begun. */
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
    const refusal = await askForApproval(options, host)
    if (refusal !== undefined) {
      host.err(line`${refusal.message}`)
      return refusal.exitCode
    }
  }
  const result = await applyWatched(job)
  switch (result.kind) {
    case 'blocked':
      reportBlockedByCheck(result.plan, job)
      return blockedExitCode(result.plan)
    // The differences were reported before the approval was asked for.
    case 'stale':
      return EXIT.stale
    case 'nothing_to_do':
      return EXIT.done
    case 'ended':
      reportEnd(job, result.outcome, describeEnd(job, result.plan)(result.outcome))
      return exitCodeOf(result.outcome)
    default:
      return unreachable(result)
  }
}

/** Applies the plan, shows its progress, and stops the run at Ctrl-C. */
async function applyWatched(job: ApplyJob): Promise<ApplyResult> {
  const { made, values, session, options, host, backTo } = job
  const progress = createProgress(made.plan, options, host)
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
        onStart: (run) =>
          watchInterrupt({
            ...{ run, host, progress, login: session.login },
            describeEnd: describeEnd(job, run.plan),
          }),
      },
      session,
    )
  } finally {
    // An error while drawing the last event must not change the outcome.
    await progress.end().catch(() => undefined)
  }
}

function describeEnd(
  { resume, planCommand, options, host }: ApplyJob,
  plan: FreshPlan,
): (outcome: RunOutcome) => string {
  return (outcome) =>
    renderOutcome(outcome, plan, {
      ...viewOf(options, host),
      resume,
      planCommand,
      byHand: (action) => curlCommand(action, plan),
    })
}

/**
 * Prints the plan if a person is asked to approve it, also with `--quiet`. A blocked plan is always
 * printed, since it says why it is blocked.
 */
function showPlan({ made: { plan }, options, host }: ApplyJob): void {
  const planLines = lines(renderPlan(plan, viewOf(options, host)))
  const isSilent = options.json === true || options.quiet === true
  const asksApproval = options.autoApprove !== true && options.json !== true
  if (!isSilent || asksApproval) host.out(planLines)
  else if (isBlocked(plan)) host.err(planLines)
  else if (plan.steps.length === 0 && options.json !== true) host.out(line`${summarizePlan(plan)}`)
}

/** Prints only what the check found: the plan was shown and approved before. */
function reportBlockedByCheck(plan: FreshPlan, { options, host }: ApplyJob): void {
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

/**
 * Prints the outcome. With `--quiet` or `--json`, a run that did not succeed is reported on stderr.
 */
function reportEnd({ options, host }: ApplyJob, outcome: RunOutcome, description: string): void {
  if (options.json !== true && options.quiet !== true) host.out(lines(description))
  else if (needsAttention(outcome)) host.err(lines(description))
  else if (options.json !== true) host.out(lines(description.trim()))
}

function needsAttention(outcome: RunOutcome): boolean {
  if (outcome.kind !== 'done' || outcome.readOnly !== undefined) return true
  return outcome.unconfirmed !== undefined
}

interface Refusal {
  readonly message: string
  readonly exitCode: ExitCode
}

/**
 * Asks a person to approve the plan. Returns undefined if it was approved. Throws a LockstepError
 * if there is no terminal to ask on.
 */
async function askForApproval(options: CarryingOptions, host: Host): Promise<Refusal | undefined> {
  if (!options.input || options.json === true || !host.inIsTerminal) {
    throw cannotAsk('there is no terminal to ask on')
  }
  if (!host.outIsTerminal) {
    throw cannotAsk('stdout is not a terminal, so the plan was not shown on it')
  }
  const answer = await host.ask('\nApply these steps? Type yes to apply: ')
  switch (answer.kind) {
    case 'interrupted':
      return { message: 'Interrupted. Nothing was changed.', exitCode: EXIT.interrupted }
    case 'nothing':
      return { message: 'Not applied. Nothing was changed.', exitCode: EXIT.error }
    case 'said':
      if (answer.text === 'yes') return undefined
      return {
        message: 'Not applied: the answer was not yes. Nothing was changed.',
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

/** True if the cause of the failure is a missing right of the token. */
function isMissingRight({ causes }: Failure): boolean {
  return causes.some(({ kind }) => kind === 'not_allowed')
}

function exitCodeOf(outcome: RunOutcome): ExitCode {
  switch (outcome.kind) {
    case 'done':
      return outcome.unconfirmed === undefined ? EXIT.done : EXIT.stoppedBetween
    case 'stale':
      return EXIT.stale
    case 'rolled_back':
      return isMissingRight(outcome.failure) ? EXIT.notAllowed : EXIT.rolledBack
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
