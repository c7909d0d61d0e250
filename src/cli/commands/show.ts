/** `lockstep show`: a saved plan as `plan` printed it. Asks no server. Exits 1 for an edited one. */
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { line, lines } from '../../domain/printable.ts'
import { isUnchanged, readPlanToShow } from '../../operations/plan-file.ts'
import { formatPlan } from '../../plan/format-plan.ts'
import { renderPlanMarkdown } from '../../render/plan-markdown.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { viewOf } from '../host/colour.ts'
import type { Host } from '../host/host.ts'
import type { DetailOption, OutputOptions } from '../options.ts'

type ShowOptions = OutputOptions &
  DetailOption & { readonly json?: boolean; readonly markdown?: boolean }

export async function show(path: string, options: ShowOptions, host: Host): Promise<ExitCode> {
  const plan = await readPlanToShow(path)
  const unchanged = isUnchanged(plan)
  if (!unchanged) {
    host.err(
      line`${path} was edited: its content does not fit its plan_id. Apply refuses it. Do not approve it; plan again.`,
    )
  }
  if (options.json === true) host.out(formatPlan(plan))
  else if (options.markdown === true) host.out(lines(renderPlanMarkdown(plan)))
  else host.out(lines(renderPlan(plan, viewOf(options, host))))
  return unchanged ? EXIT.done : EXIT.error
}
