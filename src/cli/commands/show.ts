/** `lockstep show`: a saved plan as `plan` printed it. Asks no server. */
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { lines } from '../../domain/printable.ts'
import { isUnchanged, readPlanToShow } from '../../apply/plan-file.ts'
import { formatPlan } from '../../plan/format-plan.ts'
import { renderPlanMarkdown } from '../../render/plan-markdown.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { viewOf } from '../colour.ts'
import type { Host } from '../host.ts'
import type { DetailOption, OutputOptions } from '../options.ts'

type ShowOptions = OutputOptions &
  DetailOption & { readonly json?: boolean; readonly markdown?: boolean }

export async function show(path: string, options: ShowOptions, host: Host): Promise<ExitCode> {
  const plan = await readPlanToShow(path)
  if (!isUnchanged(plan)) {
    host.err('Warning: this file was changed after it was made; apply will refuse it.\n')
  }
  if (options.json === true) host.out(formatPlan(plan))
  else if (options.markdown === true) host.out(lines(renderPlanMarkdown(plan)))
  else host.out(lines(renderPlan(plan, viewOf(options, host))))
  return EXIT.done
}
