/** `lockstep apply`: plans, asks, carries out, and looks again. */
import type { Plan } from '../../documents/plan.generated.ts'
import type { DesiredState } from '../../domain/desired.ts'
import type { RunOutcome } from '../../domain/run-outcome.ts'
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { resolveEnvironment } from '../../apply/environment.ts'
import { journalFolder, openJournal } from '../../apply/journal.ts'
import { takeLocalLock } from '../../apply/local-lock.ts'
import { createRecorder } from '../../apply/recorder.ts'
import { runPlan } from '../../apply/run.ts'
import { createVerify } from '../../apply/verify.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { renderOutcome } from '../../render/outcome-text.ts'
import { paletteFor } from '../colour.ts'
import type { Host } from '../host.ts'
import { isBlocked, makeJudgedPlan } from '../judged-plan.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { jsonProgress, lineProgress, listProgress, type Progress } from '../progress.ts'
import { runCommand } from '../run-command.ts'
import { openSession, pluginsOf, type Session } from '../session.ts'

type ApplyOptions = CommonOptions & {
  readonly autoApprove?: boolean
  readonly input: boolean
  readonly json?: boolean
  readonly journal?: string
}

export async function apply(options: ApplyOptions, host: Host): Promise<ExitCode> {
  const desired = await loadDesired(options)
  const session = await openSession(options, host, desired)
  try {
    const live = await session.observe(pluginsOf(desired))
    const plan = makeJudgedPlan(desired, live)
    const say = options.json === true || options.quiet === true ? () => undefined : host.out
    say(`${renderPlan(plan, { palette: paletteFor(options, host) })}\n`)
    if (isBlocked(plan)) {
      if (options.json === true || options.quiet === true) {
        host.err(`${renderPlan(plan, { palette: paletteFor(options, host) })}\n`)
      }
      return EXIT.blocked
    }
    if (plan.steps.length === 0) return EXIT.done
    if (options.autoApprove !== true && !(await approved(options, host))) {
      host.err('Not applied: only yes is taken for yes. Nothing was changed.\n')
      return EXIT.error
    }
    const outcome = await carryOut({ plan, desired, session, options, host })
    say(renderOutcome(outcome, plan, { palette: paletteFor(options, host) }))
    if (outcome.kind === 'done') await lookAgain(desired, session, host)
    return exitCodeOf(outcome)
  } finally {
    await session.close()
  }
}

async function approved(options: ApplyOptions, host: Host): Promise<boolean> {
  if (!options.input || !host.inIsTerminal || options.json === true) {
    throw new LockstepError({
      code: 'cannot-ask',
      message: 'the plan was not approved, and there is nobody to ask',
      hint: 'Give --auto-approve to apply it without asking.',
    })
  }
  return (await host.ask('\nApply these steps? Only yes will do: ')) === 'yes'
}

interface CarryOut {
  readonly plan: Plan
  readonly desired: DesiredState | undefined
  readonly session: Session
  readonly options: ApplyOptions
  readonly host: Host
}

async function carryOut({ plan, desired, session, options, host }: CarryOut): Promise<RunOutcome> {
  const environmentOf = resolveEnvironment(plan, desired, host.env)
  const folder = options.journal ?? journalFolder(host.env, host.home, plan.cluster.id)
  const since = host.now().toISOString()
  const run = `${since.replace(/[:.]/g, '-')}-${host.randomHex(3)}`
  const release = takeLocalLock({
    folder,
    holder: { run, who: host.who, since, pid: host.pid, host: host.hostname },
    isAlive: host.isAlive,
  })
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
        interrupted: interrupt.asked,
      })
      await recorder.runEnded(outcome)
      return outcome
    } finally {
      interrupt.stop()
      await progress.end()
      journal.close()
    }
  } finally {
    release()
  }
}

function chooseProgress(options: ApplyOptions, plan: Plan, host: Host): Promise<Progress> {
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

/** What was applied must be what the cluster shows: planning again finds nothing to do. */
async function lookAgain(desired: DesiredState, session: Session, host: Host): Promise<void> {
  const again = makeJudgedPlan(desired, await session.observe(pluginsOf(desired)))
  if (again.steps.length === 0) return
  throw new LockstepError({
    code: 'not-converged',
    message: `every step was carried out, but planning again finds ${again.steps.length} more: ${again.steps.map(({ id }) => id).join(', ')}`,
    hint: `Somebody else may be changing the cluster. Run lockstep plan to see (applied by ${host.who}).`,
  })
}

function exitCodeOf(outcome: RunOutcome): ExitCode {
  switch (outcome.kind) {
    case 'done':
      return EXIT.done
    case 'stale':
      return EXIT.stale
    case 'put_back':
      return EXIT.putBack
    case 'not_put_back':
      return EXIT.notPutBack
    case 'interrupted':
      return EXIT.interrupted
  }
}
