/**
 * Makes each text of each document hostile in turn: in no view does it act on a terminal or begin a
 * line.
 */
import { expect, it } from 'vitest'
import type { Plan } from '../../src/documents/plan.generated.ts'
import type { DriftReport } from '../../src/documents/drift.generated.ts'
import { renderDriftMetrics } from '../../src/render/drift-metrics.ts'
import { renderDriftMarkdown } from '../../src/render/markdown/drift-markdown.ts'
import { parseMetrics } from './parse-metrics.ts'
import { renderDrift } from '../../src/render/drift-text.ts'
import { createPalette } from '../../src/render/palette.ts'
import { renderPlan } from '../../src/render/plan-text.ts'
import { renderPlanMarkdown } from './comment.ts'
import { renderStatus } from '../../src/render/status-text.ts'
import { REPORT_RULES } from '../../src/cli/formats.ts'
import { DRIFT_CLASSES, DRIFT_SEVERITIES } from '../../src/drift/classes.ts'
import { renderGithub } from '../../src/render/formats/github.ts'
import { renderJunit } from '../../src/render/formats/junit.ts'
import { type Report, buildDriftReport, buildPlanReport } from '../../src/render/formats/report.ts'
import { renderSarif } from '../../src/render/formats/sarif.ts'
import { PLANS, STATES } from './cases.ts'
import { EVIL, spoiled } from './spoiled.ts'

const DRIFT_RULES = { classes: DRIFT_CLASSES, severities: DRIFT_SEVERITIES }

function expectHarmless(text: string): void {
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/u)
  expect(text).not.toMatch(/^\W*FORGED/m)
}

function expectHarmlessReport(report: Report): void {
  for (const text of [
    renderGithub([report]),
    renderJunit([report]),
    renderSarif([report], { version: '1.0.0' }),
  ]) {
    expectHarmless(text)
  }
}

const palette = createPalette(false)

const { mixed } = PLANS
const COMPARED: Plan = {
  ...mixed,
  against: {
    id: '0'.repeat(64),
    ref: 'origin/main',
    commit: 'ab'.repeat(20),
    only_here: mixed.steps.slice(0, 2).map(({ id }) => id),
    in_both: mixed.steps.slice(2).map(({ id }) => id),
    only_there: mixed.steps,
  },
}

it.each([
  ['blocked', PLANS.blocked],
  ['mixed', mixed],
  ['vault', PLANS.vault],
  ['compared', COMPARED],
] as const)('a plan: %s', (_, document) => {
  let tried = 0
  for (const plan of spoiled<Plan>(document, EVIL)) {
    for (const detail of [false, true])
      expectHarmless(renderPlan(plan, { palette, detail, width: 80 }))
    expectHarmless(renderPlanMarkdown(plan))
    expectHarmlessReport(buildPlanReport(plan, { rules: REPORT_RULES }))
    tried += 1
  }
  expect(tried).toBeGreaterThan(50)
})

it.each(['troubled', 'vault'] as const)('what runs where: %s', (name) => {
  for (const state of spoiled(STATES[name], EVIL)) {
    for (const width of [60, 200]) expectHarmless(renderStatus(state, { palette, width }))
  }
})

it('drift', () => {
  const difference = {
    class: 'node-skew' as const,
    severity: 'error' as const,
    fingerprint: 'abc',
    subject: 'a/',
    desired: 'v2',
    found: 'v1',
    cause: 'not reloaded',
    fix: '`lockstep apply`',
    plugin: 'secret/kv',
    mount: 'a/',
    node: 'http://node1:8200',
    at: 'f.yaml:1:1',
  }
  const report = {
    format: 1,
    checked_at: '2026-06-15T10:00:00.000Z',
    duration: 0.25,
    readings: 2,
    run_under_way: { state: 'under_way', run: 'r', by: 'ops@host', since: '2026-06-15' },
    known_runs: { count: 0 },
    fingerprint: 'abc',
    complete: false,
    counts: {
      by_class: { 'node-skew': 1 },
      by_severity: { error: 1, warning: 0, note: 0 },
      ignored: 1,
      unconfirmed: 1,
    },
    cluster: {
      id: 'id',
      name: 'prod',
      product: 'openbao',
      server_version: '2.7.2',
      nodes: [{ address: 'http://node1:8200', role: 'active', state: 'serving' }],
    },
    in_sync: false,
    differences: [difference],
    unconfirmed: [difference],
    unreadable: [{ ...difference, class: 'unreadable' }],
    ignored: [{ class: 'node-skew', subject: 'b/', because: 'later', until: '2027-01-01' }],
    unused_ignores: [
      { class: 'node-skew', subject: 'c/', is: 'expired', until: '2020-01-01', at: 'f.yaml:2:1' },
    ],
    unmanaged: [difference],
  } as unknown as DriftReport

  for (const one of spoiled(report, EVIL)) {
    expectHarmless(renderDrift(one, { palette, width: 80 }))
    expectHarmless(renderDriftMarkdown(one, { limit: 60_000, seeAll: 'lockstep drift' }))
    const { name } = one.cluster
    parseMetrics(
      renderDriftMetrics({ cluster: name, lockstepVersion: '1.0.0', report: one }) + '\n',
    )
    expectHarmlessReport(buildDriftReport(one, DRIFT_RULES))
  }
})
