/** The rules and the dashboard of `examples/scheduled-drift/` use metrics that Lockstep has. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { findDrift } from '../../src/drift/find-drift.ts'
import { answer } from '../../src/service/answers.ts'
import { addRound, initialState } from '../../src/service/state.ts'
import { driftReport } from '../builders/drift-report.ts'
import { checkout } from '../cli/run-lockstep.ts'
import { ASKED, cluster, FILE, NEW } from '../drift/one-mount.ts'
import { parseMetrics } from '../render/parse-metrics.ts'

const folder = join(checkout, 'examples', 'scheduled-drift')
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** The values of each label of each metric of the service after a complete round. */
function metricsOfService(): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> {
  const report = driftReport(findDrift(FILE, cluster(NEW), ASKED))
  const began = new Date(0)
  const { body } = answer('GET', '/metrics', {
    state: addRound(initialState(60), { kind: 'reported', began, duration: 1, report }),
    now: began,
    cluster: 'prod',
    lockstepVersion: '1.0.0',
    drawPage: () => '',
  })
  const metrics = new Map<string, Map<string, Set<string>>>()
  for (const { name, labels } of parseMetrics(body)) {
    const known = metrics.get(name) ?? new Map<string, Set<string>>()
    metrics.set(name, known)
    for (const [label, value] of labels) {
      known.set(label, (known.get(label) ?? new Set()).add(value))
    }
  }
  return metrics
}
const METRICS = metricsOfService()
/** Prometheus adds these. */
const ADDED_LABELS = ['job', 'instance']
/** Their values are those of the user's clusters. */
const ANY_VALUE = ['cluster', ...ADDED_LABELS]

/** What an expression says of metrics that Lockstep does not have; undefined if nothing. */
function findUnknown(expression: string): string | undefined {
  const [by, grouped = ''] = /\bby \(([^)]*)\)/.exec(expression) ?? []
  const groupLabels = grouped.split(/, */).filter((one) => one !== '')
  for (const [, name = '', matchers = ''] of expression
    .replace(by ?? '', '')
    .matchAll(/\b(lockstep_\w+)(?:\{([^}]*)\})?/g)) {
    const labels = METRICS.get(name)
    if (labels === undefined) return `there is no ${name}`
    for (const [, label = '', value = ''] of matchers.matchAll(/(\w+) *[=!]~? *"([^"]*)"/g)) {
      if (!labels.has(label) && !ADDED_LABELS.includes(label)) return `${name} has no ${label}`
      if (!ANY_VALUE.includes(label) && labels.get(label)?.has(value) !== true) {
        return `${label} of ${name} is never ${value}`
      }
    }
    for (const label of groupLabels) {
      if (!labels.has(label) && !ADDED_LABELS.includes(label)) return `${name} has no ${label}`
    }
  }
  return undefined
}

describe('the search for unknown metrics finds', () => {
  it.each([
    ['lockstep_drift_in_sync == 0', undefined],
    ['lockstep_drift_differences{class="node-skew",job="x"} > 0', undefined],
    ['lockstep_drift_insync == 0', 'there is no lockstep_drift_insync'],
    [
      'lockstep_drift_differences{class="skew"}',
      'class of lockstep_drift_differences is never skew',
    ],
    ['lockstep_drift_in_sync{class="node-skew"}', 'lockstep_drift_in_sync has no class'],
    ['max by (node) (lockstep_drift_in_sync)', 'lockstep_drift_in_sync has no node'],
  ])('%s', (expression, expected) => {
    expect(findUnknown(expression)).toBe(expected)
  })
})

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: Readonly<Record<string, string>>
}
interface RuleTest {
  readonly alertname: string
  readonly exp_alerts: readonly unknown[]
}

describe('the alert rules', () => {
  const { groups } = parse(read('alerts.yml')) as { groups: { rules: Rule[] }[] }
  const rules = groups.flatMap((group) => group.rules)

  it.each(rules)('$alert uses metrics that there are', ({ expr }) => {
    expect(findUnknown(expr)).toBeUndefined()
  })

  it('each has a test that it fires, and one that it does not', () => {
    const { tests } = parse(read('alerts_test.yml')) as {
      tests: { alert_rule_test: RuleTest[] }[]
    }
    const tried = tests.flatMap(({ alert_rule_test: one }) => one)
    for (const fires of [true, false]) {
      const names = tried
        .filter(({ exp_alerts: expected }) => expected.length > 0 === fires)
        .map(({ alertname }) => alertname)
      expect([...new Set(names)].sort(), String(fires)).toEqual(
        rules.map(({ alert }) => alert).sort(),
      )
    }
  })
})

interface Panel {
  readonly id: number
  readonly title: string
  readonly description: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
}

describe('the dashboard', () => {
  const dashboard = JSON.parse(read('grafana-dashboard.json')) as {
    panels: Panel[]
    templating: { list: { name: string; query: string | { query: string } }[] }
  }
  const { panels } = dashboard
  const variables = dashboard.templating.list

  it.each(panels)(
    '$title uses metrics and variables that there are',
    ({ targets, description }) => {
      expect(description).not.toBe('')
      for (const { expr, legendFormat } of targets) {
        expect(findUnknown(expr)).toBeUndefined()
        for (const [, name] of expr.matchAll(/\$(\w+)/g)) {
          expect(['__rate_interval', ...variables.map((one) => one.name)]).toContain(name)
        }
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          expect(expr).toMatch(new RegExp(`by \\([^)]*\\b${String(label)}\\b`))
        }
      }
    },
  )

  it('takes the values of its variables from metrics that there are', () => {
    for (const { query } of variables) {
      if (typeof query === 'string') continue
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(query.query) ?? []
      expect(METRICS.has(metric), metric).toBe(true)
      expect(ANY_VALUE).toContain(label)
    }
  })

  it('has panels that have a number each, lie on the grid and do not overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24)
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`)
    })
    expect(new Set(cells).size).toBe(cells.length)
  })
})
