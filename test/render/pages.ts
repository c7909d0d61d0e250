/** Every kind of page, as the command line makes it. */
import { DRIFT_CLASSES } from '../../src/drift/classes.ts'
import type { DriftReport } from '../../src/documents/drift.generated.ts'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import { renderDriftPage } from '../../src/render/html/drift-page.ts'
import { renderPlanPage } from '../../src/render/html/plan-page.ts'
import { renderRunPage } from '../../src/render/html/run-page.ts'
import type { ReviewedPlan } from '../../src/render/plan-review.ts'
import { RULES } from '../../src/safety/rules.ts'
import { manyDrift, troubledDrift } from './drifts.ts'
import { REVIEWED } from './reviewed-plans.ts'
import { failedRun, finishedRun, RUN_NAME } from './runs.ts'

const NOW = '2026-05-01T10:00:00.000Z'

export function renderPlanPages(plans: readonly ReviewedPlan[]): string {
  return renderPlanPage(plans, {
    version: '1.0.0',
    now: NOW,
    commit: '0123456789abcdef0123456789abcdef01234567',
    explanations: new Map(
      RULES.map(({ name, title, explanation }) => [name, { title, text: explanation }]),
    ),
  })
}

export function renderDriftPages(report: DriftReport): string {
  return renderDriftPage(report, {
    version: '1.0.0',
    explanations: new Map(
      Object.entries(DRIFT_CLASSES).map(([name, text]) => [name, { title: name, text }]),
    ),
  })
}

export function renderRun(
  events: readonly JournalEvent[],
  { name = RUN_NAME, isUnderWay = false } = {},
): string {
  return renderRunPage({ name, events: [...events], under_way: isUnderWay }, { version: '1.0.0' })
}

export const PAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(REVIEWED).map(([name, plans]) => [name, renderPlanPages(plans)]),
  ),
  drift: renderDriftPages(troubledDrift()),
  'drift-300': renderDriftPages(manyDrift()),
  'run-finished': renderRun(finishedRun()),
  'run-failed': renderRun(failedRun()),
}
