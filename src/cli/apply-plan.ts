/** Shows a plan, asks for it, carries it out and tells how it ended: for whatever made the plan. */
import type { Failure, RunOutcome } from '../documents/run-outcome.ts'
import { blockingFindings } from '../documents/blocking.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError, unreachable } from '../domain/errors.ts'
import { line, lines } from '../domain/printable.ts'
import { confirmInSync } from '../operations/confirm-in-sync.ts'
import type { FreshPlan } from '../plan/make-plan.ts'
import { renderOutcome } from '../render/outcome-text.ts'
import { nameNodes } from '../render/node-names.ts'
import { renderFindings } from '../render/findings-text.ts'
import { summarizePlan } from '../render/plan-summary.ts'
import { renderPlan } from '../render/plan-text.ts'
import { commandByHand } from './curl-command.ts'
import { carryOut } from './carry-out.ts'
import { paletteFor, viewOf } from './host/colour.ts'
import type { Host } from './host/host.ts'
import { journalFolder } from './journal-folder.ts'
import { blockedExitCode, isBlocked, type JudgeOptions } from './judged-plan.ts'
import type { CommonOptions, DetailOption } from './options.ts'
import { pluginsOf, type Session } from './session.ts'
import { warnOfTokenLife } from './token-life.ts'

/** Of a command that ends in carrying out a plan. */
export type CarryingOptions = CommonOptions &
  DetailOption &
  JudgeOptions & {
    readonly autoApprove?: boolean
    readonly input: boolean
    readonly json?: boolean
    readonly journal?: string
    readonly logFile?: string
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
  readonly plan: FreshPlan
  /**
   * Runs the plan's `binary_check` once the plan is approved, and judges again. Absent where there
   * is none, or where it ran already.
   */
  readonly check?: () => Promise<FreshPlan>
  /** What the plan was made of. */
  readonly desired: DesiredState
  /** The files that hold values of `env`. Absent for a saved plan that was given without them. */
  readonly values: DesiredState | undefined
  readonly session: Session
  readonly options: CarryingOptions
  readonly host: Host
  /** The command that goes on where this one stops. */
  readonly resume: string
  /** The command that plans anew where this plan holds no longer. */
  readonly anew: string
  /** Of a rollback: the run to whose beginning it goes back. */
  readonly backTo?: string
  /** The id of the plan file that the plan was made from. */
  readonly savedPlanId?: string
}

/** The exit code; throws a LockstepError for what keeps it from beginning. */
export async function applyPlan(job: ApplyJob): Promise<ExitCode> {
  const { desired, session, options, host } = job
  const asks = options.autoApprove !== true
  const isBlockedPlan = isBlocked(job.plan)
  showPlan(job, isBlockedPlan)
  if (isBlockedPlan) return blockedExitCode(job.plan)
  if (job.plan.steps.length === 0) return EXIT.done
  await warnOfTokenLife({
    ...{ plan: job.plan, session, host },
    ...(options.soak !== undefined && { soak: options.soak }),
  })
  if (asks) {
    const refusal = await whyNotApproved(options, host)
    if (refusal !== undefined) {
      host.err(line`${refusal.told}`)
      return refusal.exitCode
    }
  }
  const plan = job.check === undefined ? job.plan : await job.check()
  if (isBlocked(plan)) {
    tellBlockedByCheck({ ...job, plan })
    return blockedExitCode(plan)
  }
  const folder = journalFolder(options, host, plan.cluster.id)
  const describeEnd = (outcome: RunOutcome): string =>
    renderOutcome(outcome, plan, {
      palette: paletteFor(options, host),
      resume: job.resume,
      anew: job.anew,
      byHand: (action) => commandByHand(action, plan),
    })
  const ended = await carryOut({ ...job, plan, folder, describeEnd })
  const outcome =
    ended.kind === 'done'
      ? await confirmInSync(ended, {
          ...{ plan, desired, folder, patience: options.wait, now: host.now, wait: host.wait },
          observe: () => session.observe(pluginsOf(desired)),
        })
      : ended
  tellEnd(job, outcome, describeEnd(outcome))
  return exitCodeOf(outcome)
}

/** Nobody is asked to approve what they have not seen, and a blocked plan says why it is. */
function showPlan({ plan, options, host }: ApplyJob, blocked: boolean): void {
  const shown = lines(renderPlan(plan, viewOf(options, host)))
  const silent = options.json === true || options.quiet === true
  const asks = options.autoApprove !== true && options.json !== true
  if (!silent || asks) host.out(shown)
  else if (blocked) host.err(shown)
  else if (plan.steps.length === 0 && options.json !== true) host.out(line`${summarizePlan(plan)}`)
}

/** The plan was shown and approved; only what the check found is new. */
function tellBlockedByCheck({ plan, options, host }: ApplyJob): void {
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
