/** The formats that code hosts read, checked with what reads them. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import type { DriftReport } from '../../src/documents/drift.generated.ts'
import { InputError, LockstepError } from '../../src/domain/errors.ts'
import { DRIFT_CLASSES, DRIFT_SEVERITIES } from '../../src/drift/classes.ts'
import { renderGithub } from '../../src/render/formats/github.ts'
import { renderJunit } from '../../src/render/formats/junit.ts'
import {
  buildDriftReport,
  buildFailureReport,
  buildPlanReport,
  buildProblemReport,
  type Report,
} from '../../src/render/formats/report.ts'
import { renderSarif } from '../../src/render/formats/sarif.ts'
import { reportRule, REPORT_RULES } from '../../src/cli/formats.ts'
import { secretArgument } from '../../src/safety/rules/secret-argument.ts'
import { PLANS } from './cases.ts'

const DRIFT_RULES = { classes: DRIFT_CLASSES, severities: DRIFT_SEVERITIES }

const HOSTILE =
  'a%0A::error::x\n::set-env name=A::b,c:d\r\n##[command]x [l](http://evil.example) <b>&amp;]]>"\u001b[2J\u202e\u0000\ufffe\ud800 ü'

const DRIFT = {
  format: 1,
  cluster: { id: 'id', name: 'prod', product: 'openbao', server_version: '2.7.2' },
  in_sync: false,
  differences: [
    {
      severity: 'error',
      ...{ class: 'node-skew', subject: 'a/', desired: 'v2', found: 'v1', cause: 'not reloaded' },
      ...{ fix: '`lockstep apply`', node: 'http://node1:8200', at: 'sub dir/f.yaml:3:5' },
    },
  ],
  unconfirmed: [],
  unreadable: [
    {
      ...{
        class: 'unreadable',
        subject: 'sys/x',
        desired: 'y',
        found: 'unknown',
        cause: 'HTTP 403',
      },
      fix: 'give the right',
    },
  ],
  ignored: [
    {
      ...{ class: 'version-differs', subject: 'b/', desired: 'v2', found: 'v1', cause: 'tuned' },
      ...{ fix: 'apply', because: 'later', until: '2027-01-01', at: 'f.yaml:9:1' },
    },
  ],
  unused_ignores: [
    { class: 'node-skew', subject: 'c/', because: 'x', is: 'expired', at: 'f.yaml:2:1' },
  ],
  unmanaged: [],
} as unknown as DriftReport

const plan = (name: keyof typeof PLANS): Report =>
  buildPlanReport(PLANS[name], { rules: REPORT_RULES })

const REPORTS: Readonly<Record<string, readonly Report[]>> = {
  'a blocked plan': [plan('blocked')],
  'a plan of nothing': [plan('empty')],
  'an edited plan': [buildPlanReport(PLANS.upgrade, { rules: REPORT_RULES, edited: 'plan.json' })],
  'three plans': [plan('blocked'), plan('empty'), plan('vault')],
  drift: [buildDriftReport(DRIFT, DRIFT_RULES)],
  'files with problems': [
    buildProblemReport('lockstep.yaml', {
      problems: [
        {
          message: 'there is no rule "x"',
          source: { file: 'lockstep.yaml', line: 4, column: 7 },
          hint: 'did you mean "y"?',
        },
        { message: 'no file was given' },
      ],
      warnings: [{ message: 'a secret', source: { file: 'plan.json#/a', line: 0, column: 0 } }],
      warningRule: reportRule(secretArgument),
    }),
  ],
  'a command that failed': [
    buildFailureReport(
      new LockstepError({ code: HOSTILE, message: HOSTILE, details: [HOSTILE], hint: HOSTILE }),
      { command: 'drift', of: HOSTILE },
    ),
    buildFailureReport(new InputError([{ message: HOSTILE }]), { command: 'plan', of: 'f.yaml' }),
  ],
  'hostile text': [
    {
      command: 'plan',
      of: HOSTILE,
      summary: HOSTILE,
      rules: [
        { name: HOSTILE, level: 'error', title: HOSTILE, explanation: HOSTILE, fix: HOSTILE },
      ],
      results: (['error', 'warning', 'note'] as const).flatMap((level) =>
        [{}, { accepted: HOSTILE }].map((more) => ({
          ...{ rule: HOSTILE, level, subject: HOSTILE, message: HOSTILE, fix: HOSTILE },
          place: { file: HOSTILE, line: 1, column: 2 },
          ...more,
        })),
      ),
    },
  ],
}

/** The schema uses draft 4, whose `id` is `$id` in later drafts. */
const {
  id: _,
  $schema: __,
  ...schema
} = JSON.parse(
  readFileSync(
    createRequire(import.meta.url).resolve(
      '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
    ),
    'utf8',
  ),
) as Record<string, unknown>
const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
  schema,
)

/** The parts that the tests use. */
interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly level: string
      readonly message: { readonly text: string }
      readonly suppressions: readonly unknown[]
      readonly locations?: unknown
    }[]
  }[]
}

function sarif(reports: readonly Report[]): Sarif {
  const document: unknown = JSON.parse(renderSarif(reports, { version: '1.0.0' }))
  expect(isSarif(document), JSON.stringify(isSarif.errors)).toBe(true)
  return document as Sarif
}

describe('SARIF', () => {
  it('is refused by the schema if it is wrong', () => {
    expect(isSarif({ version: '2.1.0', runs: [{ tool: {} }] })).toBe(false)
  })

  it.each(Object.entries(REPORTS))(
    '%s fits the schema, each result with its rule',
    (_, reports) => {
      for (const { tool, results } of sarif(reports).runs) {
        for (const { ruleId, ruleIndex } of results) {
          expect(tool.driver.rules[ruleIndex]).toMatchObject({
            id: ruleId,
            help: { text: expect.stringMatching(/./) },
          })
        }
      }
    },
  )

  it('has the place of a finding, its fix, and why it was accepted', () => {
    const [run] = sarif([plan('blocked')]).runs
    const result = (rule: string) => run!.results.find(({ ruleId }) => ruleId === rule)

    expect(result('sha256-changed')).toMatchObject({
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'lockstep.yaml' },
            region: { startLine: 8, startColumn: 7 },
          },
        },
      ],
      suppressions: [],
    })
    expect(result('sha256-changed')?.message.text).toContain('Fix: give the new binary')
    expect(result('data-downgrade')?.suppressions).toEqual([
      { kind: 'inSource', justification: 'roles re-created by CHG-1432' },
    ])
  })

  it('encodes the path of a file, and creates no link from a text', () => {
    const [drift] = sarif(REPORTS['drift']!).runs
    const [hostile] = sarif(REPORTS['hostile text']!).runs

    expect(JSON.stringify(drift!.results[0]!.locations)).toContain('sub%20dir/f.yaml')
    for (const { message } of hostile!.results) {
      expect(message.text).not.toMatch(/(?<!\\)[[\]]/)
      expect(message.text).not.toMatch(/[\p{Cc}\u202e]/u)
    }
  })
})

describe('JUnit', () => {
  interface Counts {
    readonly suites: Record<string, string>[]
    readonly elements: string[]
  }

  function parse(xml: string): Counts {
    const counts: Counts = { suites: [], elements: [] }
    const parser = new SaxesParser()
    parser.on('opentag', ({ name, attributes }) => {
      counts.elements.push(name)
      if (name === 'testsuite') counts.suites.push(attributes)
    })
    // Throws if the document is not well-formed.
    parser.on('error', (error) => {
      throw error
    })
    parser.write(xml).close()
    return counts
  }

  it.each(Object.entries(REPORTS))('%s is well-formed, and its counts are right', (_, reports) => {
    const { suites, elements } = parse(renderJunit(reports))
    const number = (name: string): number => elements.filter((one) => one === name).length
    const sum = (name: string): number => suites.reduce((all, of) => all + Number(of[name]), 0)

    expect(suites).toHaveLength(reports.length)
    expect(sum('tests')).toBe(number('testcase'))
    expect(sum('failures')).toBe(number('failure'))
    expect(sum('skipped')).toBe(number('skipped'))
    const failing = reports.flatMap(({ results }) =>
      results.filter(({ level, accepted }) => level === 'error' && accepted === undefined),
    )
    expect(number('failure')).toBe(failing.length)
  })

  it('is refused if it is not well-formed', () => {
    expect(() => parse('<a b="<"/>')).toThrow()
    expect(() => parse('<a>\u0001</a>')).toThrow()
  })

  it('has a passed test for each rule that found nothing', () => {
    const { elements } = parse(renderJunit([plan('empty')]))

    expect(elements.filter((name) => name === 'testcase')).toHaveLength(REPORT_RULES.length + 1)
  })
})

describe('GitHub', () => {
  it.each(Object.entries(REPORTS))(
    '%s: one annotation a line, then the summaries',
    (_, reports) => {
      const lines = renderGithub(reports).split('\n')
      const results = reports.flatMap((report) => report.results)

      expect(lines).toHaveLength(results.length + reports.length)
      lines.forEach((line, at) => {
        expect(line).not.toMatch(/[\p{Cc}\u202e]/u)
        if (at < results.length) {
          expect(line).toMatch(/^::(?:error|warning|notice) (?:[a-z]+=[^:,]*,?)+::/)
        } else expect(line).not.toMatch(/^\s*(?:::|##\[)/)
      })
    },
  )

  it('is decoded by the runner to the same text', () => {
    expect(renderGithub(REPORTS['drift']!).split('\n')).toEqual([
      '::error file=sub dir/f.yaml,line=3,col=5,title=node-skew a/ on http%3A//node1%3A8200::Desired: v2. Found: v1. Cause: not reloaded.%0AFix: `lockstep apply`',
      '::warning title=unreadable sys/x::Desired: y. Found: unknown. Cause: HTTP 403.%0AFix: give the right',
      '::warning file=f.yaml,line=2,col=1,title=unused-ignore c/::The ignore of node-skew for c/ has expired.%0AFix: Remove it from the file, or set a later day.',
      '::notice file=f.yaml,line=9,col=1,title=accepted%3A version-differs b/::Desired: v2. Found: v1. Cause: tuned.%0AAccepted: later',
      'prod: Drift: 1 node-skew, 1 unreadable.',
    ])
  })

  it('says first that a plan was edited', () => {
    expect(renderGithub(REPORTS['an edited plan']!)).toMatch(
      /^::error file=plan\.json,title=edited-plan plan\.json::/,
    )
  })
})
