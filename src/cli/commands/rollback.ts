/**
 * `lockstep rollback`: plans the return to the state before a run, judged and approved like any
 * plan.
 */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { blockingFindings } from '../../documents/blocking.ts'
import type { RunStarted } from '../../documents/journal.generated.ts'
import type { Plan } from '../../documents/plan.generated.ts'
import type { LostState } from '../../rollback/unreloaded-mounts.ts'
import { groupBy } from '../../domain/group-by.ts'
import { nameSome } from '../../domain/name-some.ts'
import { binaryName, BUILTIN, type RunningBinary, versionLabel } from '../../domain/names.ts'
import { line } from '../../domain/printable.ts'
import { shortHash } from '../../render/wording.ts'
import type { Host } from '../host/host.ts'
import { makePlan } from '../../operations/make-plan.ts'
import { prepareRollback } from '../../operations/prepare-rollback.ts'
import { withAllowances } from '../allowances.ts'
import { loadDesired } from '../load-desired.ts'
import { openSession } from '../session.ts'
import { resumeCommand } from '../resume-command.ts'
import { approveAndApply, type CarryingOptions } from '../approve-and-apply.ts'

/**
 * `run`: a run id or its first characters. Without it: the latest run that changed something, with
 * the runs that it resumed.
 */
export async function rollback(
  run: string | undefined,
  options: CarryingOptions,
  host: Host,
): Promise<ExitCode> {
  // A rollback needs no file, but a file says which version may read whose data.
  const file = options.file === undefined ? undefined : await loadDesired(options, host)
  const session = await openSession(options, host, file)
  try {
    const rollback = await prepareRollback({ ...(run !== undefined && { run }), file }, session)
    const { started, chosen, resumed, isWhole, desired, notes, lost, live } = rollback
    const earlier = isWhole ? resumed : undefined
    const further = isWhole ? undefined : resumed
    if (lost.length > 0) {
      const other =
        earlier !== undefined
          ? warnOtherRuns(chosen, earlier, options)
          : further && warnUnfinished(started, further, options)
      throw refuseRollback(started, lost, other)
    }
    if (options.quiet !== true) {
      host.err(line`Rolling back to where run ${started.run} began.`)
      if (earlier !== undefined) host.err(line`Note: ${warnOtherRuns(chosen, earlier, options)}`)
      if (further !== undefined) host.err(line`Note: ${warnUnfinished(started, further, options)}`)
      for (const note of notes) host.err(line`Note: ${note}`)
    }
    const isForward = started.back_to !== undefined
    if (started.back_to !== undefined) {
      host.err(line`${warnForward(started, started.back_to, options)}`)
      if (run === undefined && options.autoApprove === true)
        throw refuseUnnamedForward(started, options)
    }
    const made = await makePlan({ desired: withAllowances(desired, options.allow), live }, session)
    const { plan } = made
    if (isForward) {
      for (const warning of describeDeregistrations(plan)) host.err(line`Warning: ${warning}`)
    }
    const allowing = commandThatAllows(plan, started, options)
    if (allowing !== undefined) {
      host.err(line`Blocked, see below. If the older version reads the data, run: ${allowing}`)
    }
    // With the id of the run: from now on the latest run is this rollback.
    const resume = resumeCommand(['rollback', started.run], options)
    return await approveAndApply({
      made,
      values: file,
      session,
      options,
      host,
      resume,
      planCommand: resume,
      backTo: started.run,
    })
  } finally {
    await session.close()
  }
}

/** `other`: a sentence about another run that may be rolled back. */
function refuseRollback(
  started: RunStarted,
  lost: readonly LostState[],
  other: string | undefined,
): LockstepError {
  const found = groupBy(
    lost,
    ({ ran, configured }) =>
      `${nameSome(ran.map(nameBinary))}, but a reload would have started ${nameBinary(configured)}`,
  )
  const details = [...found].map(
    ([binaries, group]) => `${nameSome(group.map(({ mount }) => mount))} ran ${binaries}`,
  )
  return new LockstepError({
    code: 'no-rollback',
    message: `cannot roll back to where run ${started.run} began: that run found mounts between two binaries, and no request can restore that:`,
    details,
    exitCode: EXIT.blocked,
    hint:
      other === undefined
        ? 'Nothing was changed. To run an older binary again, set it as `use` of these mounts in a file, and apply that file.'
        : `Nothing was changed. ${other}`,
  })
}

function nameBinary(sha256: RunningBinary): string {
  return sha256 === BUILTIN ? 'the builtin' : shortHash(binaryName(sha256))
}

function warnUnfinished(
  started: RunStarted,
  earlier: RunStarted,
  options: CarryingOptions,
): string {
  const back = resumeCommand(['rollback', earlier.run], options)
  return `Run ${started.run} resumed run ${earlier.run}, which had not finished. To roll back to where run ${earlier.run} began: ${back}`
}

function warnOtherRuns(chosen: RunStarted, earlier: RunStarted, options: CarryingOptions): string {
  const half = resumeCommand(['rollback', chosen.run], options)
  return `Run ${chosen.run} resumed run ${earlier.run}, which had not finished. This rolls back both. To roll back only run ${chosen.run}: ${half}`
}

/**
 * The rollback of a rollback is the upgrade again, which a user who types `rollback` twice does not
 * expect.
 */
function warnForward({ run }: RunStarted, backTo: string, options: CarryingOptions): string {
  const { color, journal } = options
  const runs = resumeCommand(['history'], { color, ...(journal !== undefined && { journal }) })
  return `Warning: run ${run} was itself a rollback, to where run ${backTo} began. Rolling it back goes FORWARD, to the versions that run ${backTo} left. To roll back further, name an older run: ${runs}`
}

/** With --auto-approve no person is asked, so the run must be named. */
function refuseUnnamedForward({ run }: RunStarted, options: CarryingOptions): LockstepError {
  return new LockstepError({
    code: 'goes-forward',
    message: `the newest run, ${run}, was itself a rollback, and --auto-approve would roll it back without asking`,
    hint: `Nothing was changed. To roll it back, name the run: ${resumeCommand(['rollback', run], options)} --auto-approve`,
  })
}

function describeDeregistrations({ steps }: Plan): string[] {
  return steps.flatMap(({ action }) =>
    action.kind === 'deregister'
      ? `the plan deregisters ${action.plugin} ${versionLabel(action.version)}.`
      : [],
  )
}

/** The command that allows the data downgrade; undefined if another rule blocks the plan, too. */
function commandThatAllows(
  { findings }: Plan,
  { run }: RunStarted,
  options: CarryingOptions,
): string | undefined {
  const blocking = blockingFindings(findings)
  if (blocking.length === 0 || !blocking.every(({ rule }) => rule === 'data-downgrade')) {
    return undefined
  }
  const allow = [
    ...(options.allow ?? []),
    ...new Set(blocking.map(({ rule, subject }) => `${rule}=${subject}`)),
  ]
  return resumeCommand(['rollback', run], { ...options, allow })
}
