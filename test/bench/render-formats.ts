/**
 * How long each format of a plan of 10,000 steps takes to draw, beside `JSON.stringify` of the same
 * plan. Prints; asserts nothing. Run with: npm run bench:formats
 */
import { performance } from 'node:perf_hooks'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { REPORT_RULES } from '../../src/cli/formats.ts'
import { renderGithub } from '../../src/render/formats/github.ts'
import { renderJunit } from '../../src/render/formats/junit.ts'
import { buildPlanReport } from '../../src/render/formats/report.ts'
import { renderSarif } from '../../src/render/formats/sarif.ts'
import { createPalette } from '../../src/render/palette.ts'
import { renderPlan } from '../../src/render/plan-text.ts'
import { liveNode, mountPath, plugin, version } from '../builders/live.ts'
import { finding, upgradePlan } from '../builders/plan.ts'
import { renderPlanMarkdown, reviewed } from '../render/comment.ts'
import { renderPlanPages } from '../render/pages.ts'

const STEPS = 10_000
const ROUNDS = 5

/** Each mount changes for a reason of its own, so that nothing is drawn in groups. */
function largePlan(): Plan {
  const mounts = Array.from({ length: STEPS }, (_, at) => mountPath(`app-${at}/`))
  const made = upgradePlan({
    plugin: plugin('secret/my-kv'),
    from: version('v1.0.0'),
    to: version('v1.1.0'),
    nodes: [liveNode(1), liveNode(2), liveNode(3)],
    mounts,
  })
  return {
    ...made,
    steps: made.steps.map((step, at) => ({ ...step, why: `${step.why} (${at})` })),
    changes: made.changes.map((change, at) => ({ ...change, why: `${change.why} (${at})` })),
    findings: Array.from({ length: 500 }, (_, at) =>
      finding({ subject: `secret/plugin-${at}`, at: `lockstep.yaml:${at + 1}:1` }),
    ),
  }
}

const plan = largePlan()
const report = buildPlanReport(plan, { rules: REPORT_RULES })
const palette = createPalette(false)

const FORMATS: Readonly<Record<string, () => string>> = {
  'JSON.stringify': () => JSON.stringify(plan),
  terminal: () => renderPlan(plan, { palette }),
  'terminal --detail': () => renderPlan(plan, { palette, detail: true }),
  markdown: () => renderPlanMarkdown(plan),
  html: () => renderPlanPages([reviewed(plan)]),
  github: () => renderGithub([report]),
  sarif: () => renderSarif([report], { version: '1.0.0' }),
  junit: () => renderJunit([report]),
}

/** Milliseconds, the median of the rounds. */
function measure(draw: () => string): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now()
    draw()
    return performance.now() - start
  })
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
}

const bare = measure(FORMATS['JSON.stringify'] ?? (() => ''))
console.log(`${plan.steps.length} steps, ${plan.findings.length} findings`)
for (const [name, draw] of Object.entries(FORMATS)) {
  const time = measure(draw)
  console.log(`${name.padEnd(18)} ${time.toFixed(0).padStart(6)} ms  ${(time / bare).toFixed(1)} ×`)
}
