/**
 * Applies a saved plan: plans again from the desired state in the file and from the cluster as it
 * is now, and carries that plan out if it agrees with the file.
 */
import { readSavedPlan } from '../operations/load-desired.ts'
import { checkPlanAge, checkPlanId } from '../operations/plan-files/plan-file.ts'
import type { Allowance } from '../documents/desired-state.generated.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError } from '../domain/errors.ts'
import { findGone } from '../domain/node-identity.ts'
import { line } from '../domain/printable.ts'
import { isBlocked, makePlanFromFile, type PlanFromFile } from '../operations/make-plan.ts'
import { desiredDocument } from '../plan/desired-document.ts'
import { renderDesiredDifferences, renderPlanDifferences } from '../render/plan-differences.ts'
import { count } from '../domain/count.ts'
import { shellWords } from '../domain/shell-words.ts'
import { resumeCommand } from './resume-command.ts'
import { approveAndApply, type ApplyOptions } from './approve-and-apply.ts'
import type { Host } from './host/host.ts'
import { loadDesired } from './load-desired.ts'
import { openSession } from './session.ts'

/** Returns the exit code. Throws a LockstepError if the plan cannot be applied. */
export async function applyPlanFile(
  planFile: string,
  options: ApplyOptions,
  host: Host,
): Promise<ExitCode> {
  const { file, desired } = await readSavedPlan(planFile)
  const confirmed = confirmAllowances(file, options.allow)
  if (options.expect !== undefined) checkPlanId(file, options.expect)
  checkPlanAge(file, options.maxAge, host.now())
  // The files of `-f` give the address, and the values of `env`, which no plan holds.
  const values = options.file === undefined ? undefined : await loadDesired(options, host)
  const planCommand = planAgainCommand(planFile, options)
  if (values !== undefined) checkAgrees(file, { files: values, confirmed, planCommand })
  const session = await openSession(options, host, values)
  try {
    const made = await makePlanFromFile({ desired, file }, session)
    // If the plan is blocked, its findings explain more than how it differs from the file.
    if (!isBlocked(made.plan)) {
      const summary = checkApproved(made, { planFile, planCommand })
      if (options.quiet !== true) host.err(line`${summary}`)
    }
    return await approveAndApply({
      made,
      values,
      session,
      options,
      host,
      planCommand,
      resume: resumeCommand(['apply', planFile], options),
    })
  } finally {
    await session.close()
  }
}

interface Saved {
  readonly planFile: string
  readonly planCommand: string
}

/**
 * A line that says how many steps of the file are done already. Throws a LockstepError (exit 4) if
 * the plan made now differs from the file.
 */
function checkApproved(
  { comparison, file, live }: PlanFromFile,
  { planFile, planCommand }: Saved,
): string {
  if (comparison.kind === 'differs') {
    throw new LockstepError({
      code: 'stale-plan',
      message: `the steps in ${planFile} (-) are not what would be done now (+):`,
      details: renderPlanDifferences(comparison, file.cluster),
      exitCode: EXIT.stale,
      hint: [
        ...findGone(file.cluster.nodes, live.nodes).map(
          ({ id = '' }) => line`Node ${id} of the plan is not a member of the cluster any more.`,
        ),
        `Nothing was changed. Plan again: ${planCommand}`,
      ].join('\n'),
    })
  }
  const { alreadyDone } = comparison
  const steps = count(file.steps.length, 'step')
  return alreadyDone === 0
    ? `Plan file ${planFile} (plan ${file.plan_id}): ${steps}, none of them done so far.`
    : `Plan file ${planFile} (plan ${file.plan_id}): ${alreadyDone} of ${steps} already done.`
}

interface GivenFiles {
  /** The desired state in the files of `-f`. */
  readonly files: DesiredState
  /** The allowances of the plan that `--allow` repeats. */
  readonly confirmed: ReadonlySet<Allowance>
  readonly planCommand: string
}

/**
 * Throws a LockstepError (exit 4) unless the files hold the desired state that the plan was made
 * from. An allowance that only the plan has may come from `plan --allow`, or another person may
 * have written it into the plan. So it must be repeated with `--allow`.
 */
function checkAgrees({ desired }: Plan, { files, confirmed, planCommand }: GivenFiles): void {
  const allow = (desired.allow ?? []).filter((allowance) => !confirmed.has(allowance))
  const asked = desiredDocument(files)
  const accepted = asked.allow ?? []
  const differences = renderDesiredDifferences({ ...desired, allow }, { ...asked, allow: accepted })
  if (differences.length === 0) return
  const inFiles = new Set(accepted.map(allowanceText))
  const onlyInPlan = allow.map(allowanceText).filter((text) => !inFiles.has(text))
  throw new LockstepError({
    code: 'stale-plan',
    message: 'the plan was made from another desired state (-) than the files given with -f (+):',
    details: differences,
    exitCode: EXIT.stale,
    hint: [
      `Nothing was changed. Plan again: ${planCommand}`,
      ...(onlyInPlan.length === 0
        ? []
        : [
            `If you approve the allowances that only the plan has, repeat them: ${shellWords(onlyInPlan.flatMap((text) => ['--allow', text]))}`,
          ]),
    ].join('\n'),
  })
}

function allowanceText({ rule, subject }: Allowance): string {
  return `${rule}=${subject}`
}

/**
 * The allowances of the plan that `--allow` repeats. Throws a LockstepError for an `--allow` that
 * the plan does not have.
 */
function confirmAllowances(
  { desired: { allow = [] } }: Plan,
  repeated: readonly string[] = [],
): ReadonlySet<Allowance> {
  const added = repeated.filter(
    (text) => !allow.some((allowance) => allowanceText(allowance) === text),
  )
  if (added.length > 0) {
    throw new LockstepError({
      code: 'bad-allow',
      message: `--allow cannot be added to a saved plan: the person who approved the plan did not see ${added.map((text) => JSON.stringify(text)).join(', ')}`,
      hint: 'Give --allow to lockstep plan --out. With a saved plan, --allow repeats an allowance that the plan has.',
    })
  }
  return new Set(allow.filter((allowance) => repeated.includes(allowanceText(allowance))))
}

/**
 * The command that makes the plan again. A plan does not name the files that it was made from, and
 * their paths may differ where it is applied.
 */
function planAgainCommand(planFile: string, options: ApplyOptions): string {
  const hasFiles = options.file !== undefined
  const file = options.file ?? ['FILE']
  const command = resumeCommand(['plan', '--out', planFile], { ...options, file })
  return hasFiles ? command : `${command} (FILE: what this plan was made from)`
}
