/**
 * Applies a saved plan: makes the plan anew from the desired state in the file and from the cluster
 * as it is, and carries that out where the file says the same.
 */
import { readSavedPlan } from '../operations/load-desired.ts'
import { checkPlanAge, checkPlanId } from '../operations/plan-files/plan-file.ts'
import type { Allowance } from '../documents/desired-state.generated.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError } from '../domain/errors.ts'
import { line } from '../domain/printable.ts'
import { isBlocked, makePlanFromFile } from '../operations/make-plan.ts'
import type { PlanComparison } from '../operations/plan-files/compare-plans.ts'
import { desiredDocument } from '../plan/desired-document.ts'
import { renderDesiredDifferences, renderPlanDifferences } from '../render/plan-differences.ts'
import { count } from '../domain/count.ts'
import { shellWords } from '../domain/shell-words.ts'
import { resumeCommand } from './resume-command.ts'
import { approveAndApply, type ApplyOptions } from './approve-and-apply.ts'
import type { Host } from './host/host.ts'
import { loadDesired } from './load-desired.ts'
import { openSession } from './session.ts'

/** The exit code; throws a LockstepError for what keeps the plan from being carried out. */
export async function applyPlanFile(
  planFile: string,
  options: ApplyOptions,
  host: Host,
): Promise<ExitCode> {
  const { file, desired } = await readSavedPlan(planFile)
  const confirmed = confirmAllowances(file, options.allow)
  if (options.expect !== undefined) checkPlanId(file, options.expect)
  checkPlanAge(file, options.maxAge, host.now())
  // The file of desired state gives the address, and values of env that no plan holds.
  const values = options.file === undefined ? undefined : await loadDesired(options, host)
  const anew = commandToPlanAnew(planFile, options)
  if (values !== undefined) checkAgrees(file, { files: values, confirmed, anew })
  const session = await openSession(options, host, values)
  try {
    const made = await makePlanFromFile({ desired, file }, session)
    // What blocks the plan explains more than how it differs.
    if (!isBlocked(made.plan)) {
      const told = checkApproved(made.comparison, { planFile, file, anew })
      if (options.quiet !== true) host.err(line`${told}`)
    }
    return await approveAndApply({
      made,
      values,
      session,
      options,
      host,
      anew,
      resume: resumeCommand(['apply', planFile], options),
    })
  } finally {
    await session.close()
  }
}

interface Saved {
  readonly planFile: string
  readonly file: Plan
  readonly anew: string
}

/** How far the plan is done already. Throws a LockstepError (exit 4) where the file says another. */
function checkApproved(comparison: PlanComparison, { planFile, file, anew }: Saved): string {
  if (comparison.kind === 'differs') {
    throw new LockstepError({
      code: 'stale-plan',
      message: `the steps in ${planFile} (-) are not what would be done now (+):`,
      details: renderPlanDifferences(comparison, file.cluster),
      exitCode: EXIT.stale,
      hint: `Nothing was changed. Plan again: ${anew}`,
    })
  }
  const { alreadyDone } = comparison
  const steps = count(file.steps.length, 'step')
  return alreadyDone === 0
    ? `Plan file ${planFile} (plan ${file.plan_id}): ${steps}, none of them done so far.`
    : `Plan file ${planFile} (plan ${file.plan_id}): ${alreadyDone} of ${steps} already done.`
}

interface Given {
  /** The files of desired state given beside the plan. */
  readonly files: DesiredState
  /** The plan's allowances that `--allow` repeats. */
  readonly confirmed: ReadonlySet<Allowance>
  readonly anew: string
}

/**
 * Throws a LockstepError (exit 4) unless the files ask for what the plan was made of. An allowance
 * that only the plan has may have been given to `plan --allow`, or have been written into the plan
 * by somebody else: so it must be repeated.
 */
function checkAgrees({ desired }: Plan, { files, confirmed, anew }: Given): void {
  const allow = (desired.allow ?? []).filter((one) => !confirmed.has(one))
  const asked = desiredDocument(files)
  const accepted = asked.allow ?? []
  const differences = renderDesiredDifferences({ ...desired, allow }, { ...asked, allow: accepted })
  if (differences.length === 0) return
  const inFiles = new Set(accepted.map(allowanceText))
  const onlyInPlan = allow.map(allowanceText).filter((text) => !inFiles.has(text))
  throw new LockstepError({
    code: 'stale-plan',
    message: 'the plan was made of another desired state (-) than the files given with -f (+):',
    details: differences,
    exitCode: EXIT.stale,
    hint: [
      `Nothing was changed. Plan again: ${anew}`,
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

/** Throws a LockstepError for an `--allow` that the plan does not have. */
function confirmAllowances(
  { desired: { allow = [] } }: Plan,
  repeated: readonly string[] = [],
): ReadonlySet<Allowance> {
  const added = repeated.filter((text) => !allow.some((one) => allowanceText(one) === text))
  if (added.length > 0) {
    throw new LockstepError({
      code: 'bad-allow',
      message: `--allow cannot be added to a saved plan: the person who approved the plan did not see ${added.map((text) => JSON.stringify(text)).join(', ')}`,
      hint: 'Give --allow to lockstep plan --out. With a saved plan, --allow repeats an allowance that the plan has.',
    })
  }
  return new Set(allow.filter((one) => repeated.includes(allowanceText(one))))
}

/** A plan does not say which files it was made from, and where it is applied others may lie. */
function commandToPlanAnew(planFile: string, options: ApplyOptions): string {
  const known = options.file !== undefined
  const file = options.file ?? ['FILE']
  const command = resumeCommand(['plan', '--out', planFile], { ...options, file })
  return known ? command : `${command} (FILE: what this plan was made from)`
}
