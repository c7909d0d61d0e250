/** HTML pages, written where `--html` says. Loaded only if it is given. */
import type { DriftReport } from '../documents/drift.generated.ts'
import type { HistoryRun } from '../documents/history.generated.ts'
import { DRIFT_CLASSES } from '../drift/classes.ts'
import { writeOutputFile } from '../operations/output-file.ts'
import { renderDriftPage } from '../render/html/drift-page.ts'
import type { Explanations } from '../render/html/findings.ts'
import { renderPlanPage } from '../render/html/plan-page.ts'
import { renderRunPage } from '../render/html/run-page.ts'
import { RULES } from '../safety/rules.ts'
import { ciCommit } from './host/ci-commit.ts'
import type { Host } from './host/host.ts'
import type { CommentOptions } from './options.ts'
import { type PlanToReview, withExpiry } from './plan-comment.ts'
import { VERSION } from './version.ts'

/** Throws a LockstepError if the file cannot be written. */
export function writePlanPage(
  path: string,
  plans: readonly PlanToReview[],
  options: CommentOptions,
  host: Host,
): Promise<void> {
  const commit = ciCommit(host)
  return write(
    path,
    renderPlanPage(withExpiry(plans, options), {
      version: VERSION,
      now: host.now().toISOString(),
      explanations: RULE_EXPLANATIONS,
      ...(commit !== undefined && { commit }),
    }),
  )
}

/** Throws a LockstepError if the file cannot be written. */
export function writeDriftPage(path: string, report: DriftReport): Promise<void> {
  return write(path, drawDriftPage(report))
}

/** `notice`: what the reader must know first. */
export function drawDriftPage(report: DriftReport, notice?: string): string {
  return renderDriftPage(report, {
    version: VERSION,
    explanations: CLASS_EXPLANATIONS,
    ...(notice !== undefined && { notice }),
  })
}

/** Throws a LockstepError if the file cannot be written. */
export function writeRunPage(path: string, run: HistoryRun): Promise<void> {
  return write(path, renderRunPage(run, { version: VERSION }))
}

function write(path: string, page: string): Promise<void> {
  return writeOutputFile(path, page, { what: 'the page', option: '--html' })
}

const RULE_EXPLANATIONS: Explanations = new Map(
  RULES.map(({ name, title, explanation }) => [name, { title, text: explanation }]),
)

const CLASS_EXPLANATIONS: Explanations = new Map(
  Object.entries(DRIFT_CLASSES).map(([name, text]) => [
    name,
    { title: name.replaceAll('-', ' '), text },
  ]),
)
