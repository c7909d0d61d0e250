/**
 * `lockstep show`: prints saved plans as `plan` prints them. Asks no server. Exits 1 if a plan was
 * edited.
 */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { line, lines } from '../../domain/printable.ts'
import { formatPlan } from '../../plan/format-plan.ts'
import { buildPlanReport } from '../../render/formats/report.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { printReports, REPORT_RULES, withFailureReport } from '../formats.ts'
import { viewOf } from '../host/colour.ts'
import type { Host } from '../host/host.ts'
import type {
  DetailOption,
  FormatOption,
  HtmlOption,
  OutputOptions,
  ReviewOptions,
} from '../options.ts'
import { readPlansToShow, savedPlansComment, type ShownPlan, toReview } from '../plan-comment.ts'

type ShowOptions = OutputOptions &
  DetailOption &
  ReviewOptions &
  FormatOption &
  HtmlOption & { readonly json?: boolean }

export function show(
  paths: readonly string[],
  options: ShowOptions,
  host: Host,
): Promise<ExitCode> {
  const { format } = options
  return withFailureReport({ command: 'plan', of: paths.join(', '), format }, host, (own) =>
    readAndShow(paths, options, own),
  )
}

async function readAndShow(
  paths: readonly string[],
  options: ShowOptions,
  host: Host,
): Promise<ExitCode> {
  const shown = await readPlansToShow(paths)
  if (options.html !== undefined) {
    const { writePlanPage } = await import('../pages.ts')
    await writePlanPage(options.html, shown.map(toReview), options, host)
  }
  if (options.json === true) showJson(shown, host)
  else if (options.format !== undefined) {
    const reports = shown.map(({ path, plan, isEdited }) =>
      buildPlanReport(plan, { rules: REPORT_RULES, ...(isEdited && { edited: path }) }),
    )
    printReports(options.format, reports, host)
  } else if (options.markdown === true) {
    host.out(lines(savedPlansComment(shown, options, host)))
  } else {
    shown.forEach(({ path, plan, isEdited }, at) => {
      if (at > 0) host.out('\n')
      if (isEdited) host.out(editedLine(path))
      host.out(lines(renderPlan(plan, viewOf(options, host))))
    })
  }
  return shown.some(({ isEdited }) => isEdited) ? EXIT.error : EXIT.done
}

function editedLine(path: string): string {
  return line`EDITED: ${path} was changed after it was made: its content does not fit its plan_id. Do not approve it. Apply refuses it. Plan again.`
}

/** Prints only the document on stdout. That the plan was edited is said on stderr. */
function showJson([first, ...others]: readonly ShownPlan[], host: Host): void {
  if (first === undefined || others.length > 0) {
    throw new LockstepError({
      code: 'several-plans',
      message: 'show --json prints one plan, and several were given',
      hint: 'Give one plan, or leave out --json.',
    })
  }
  if (first.isEdited) host.err(editedLine(first.path))
  host.out(formatPlan(first.plan))
}
