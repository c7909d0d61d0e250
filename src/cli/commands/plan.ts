/** `lockstep plan`: shows the steps to the desired state, and why. Changes nothing. */
import { blockedExitCode } from '../../documents/blocking.ts'
import { sawEverything } from '../../documents/unseen-nodes.ts'
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { line, lines } from '../../domain/printable.ts'
import { formatPlan } from '../../plan/format-plan.ts'
import type { Plan } from '../../documents/plan.generated.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { pluginsOf } from '../../operations/context.ts'
import { isBlocked, makePlan } from '../../operations/make-plan.ts'
import { addComparison, loadDesiredAt } from '../../operations/plan-against.ts'
import { buildPlanReport } from '../../render/formats/report.ts'
import { type AllowOptions, withAllowances } from '../allowances.ts'
import { printReports, REPORT_RULES, withFailureReport } from '../formats.ts'
import { viewOf } from '../host/colour.ts'
import type { Host } from '../host/host.ts'
import { defaultPaths, loadDesired } from '../load-desired.ts'
import {
  type CommonOptions,
  DEFAULT_FILE,
  type DetailOption,
  type FormatOption,
  type HtmlOption,
  type ReviewOptions,
} from '../options.ts'
import { planComment, type PlanToReview, toReview } from '../plan-comment.ts'
import { resumeCommand } from '../resume-command.ts'
import { openSession } from '../session.ts'
import { warnOfTokenLife } from '../token-life.ts'
import { trustOf } from '../trust.ts'
import { reportActiveRun } from '../report-active-run.ts'

type PlanOptions = CommonOptions &
  DetailOption &
  AllowOptions &
  ReviewOptions &
  FormatOption &
  HtmlOption & {
    readonly journal?: string
    readonly json?: boolean
    readonly detailedExitcode?: boolean
    readonly out?: string
    readonly against?: string
  }

export function plan(options: PlanOptions, host: Host): Promise<ExitCode> {
  const of = (options.file ?? [DEFAULT_FILE]).join(' + ')
  return withFailureReport({ command: 'plan', of, format: options.format }, host, (own) =>
    makeAndShow(options, own),
  )
}

async function makeAndShow(options: PlanOptions, host: Host): Promise<ExitCode> {
  const desired = await loadDesired(options, host)
  const { against } = options
  const before =
    against === undefined
      ? undefined
      : await loadDesiredAt(options.file ?? defaultPaths(), against, host.env)
  const session = await openSession(options, host, desired)
  try {
    const plugins = new Set(
      [desired, ...(before === undefined ? [] : [before.desired])].flatMap((one) => [
        ...pluginsOf(one),
      ]),
    )
    const live = await session.observe(plugins)
    await reportActiveRun({ live, desired }, session, host)
    const allowed = withAllowances(desired, options.allow)
    // Another job applies the plan of a pull request, with another token.
    const checksRights = trustOf(options, host) === 'trusted'
    const { plan: fresh } = await makePlan({ desired: allowed, live, checksRights }, session)
    const made =
      before === undefined ? fresh : await addComparison(fresh, { before, live }, session)
    if (checksRights && !isBlocked(made)) await warnOfTokenLife({ plan: made, session, host })
    const createdAt = host.now()
    if (options.out !== undefined) {
      const { writePlanFile } = await import('../../operations/plan-files/plan-file.ts')
      await writePlanFile(options.out, made, createdAt)
    }
    const review = reviewed(made, createdAt, options)
    if (options.html !== undefined) {
      const { writePlanPage } = await import('../pages.ts')
      await writePlanPage(options.html, [review], options, host)
    }
    if (options.json === true) host.out(formatPlan(made))
    else if (options.format !== undefined) {
      printReports(options.format, [buildPlanReport(made, { rules: REPORT_RULES })], host)
    } else if (options.markdown === true) host.out(lines(planComment([review], options, host)))
    else host.out(lines(renderPlan(made, viewOf(options, host))))
    if (isBlocked(made)) return blockedExitCode(made)
    if (options.out !== undefined && options.quiet !== true && made.steps.length > 0) {
      host.err(line`\nSaved. To carry out exactly this: lockstep apply ${options.out}`)
    }
    if (options.detailedExitcode !== true) return EXIT.done
    if (made.steps.length > 0) return EXIT.changes
    return sawEverything(made) ? EXIT.done : EXIT.notAllSeen
  } finally {
    await session.close()
  }
}

/** Adds the commands that apply and show the plan. */
function reviewed(made: Plan, createdAt: Date, options: PlanOptions): PlanToReview {
  const { out } = options
  // A saved plan has the time when it was made, and expires.
  const plan = out === undefined ? made : { ...made, created_at: createdAt.toISOString() }
  if (out !== undefined) return toReview({ path: out, plan, isEdited: false })
  return {
    plan,
    isEdited: false,
    apply: resumeCommand(['apply'], options),
    seeAll: resumeCommand(['plan', '--detail'], options),
  }
}
