/**
 * Renders JUnit XML, which CI systems show as tests: each rule is a test that passes if it has no
 * result. An error that was not accepted is a failure; an accepted one is a skipped test.
 */
import { groupBy } from '../../domain/group-by.ts'
import { printable } from '../../domain/printable.ts'
import type { Report, ReportResult } from './report.ts'

/** Ends without a newline. */
export function renderJunit(reports: readonly Report[]): string {
  const suites = reports.map(suite)
  const total = (of: (testSuite: Suite) => number): number =>
    suites.reduce((sum, testSuite) => sum + of(testSuite), 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="lockstep" tests="${total(({ tests }) => tests)}" failures="${total(({ failures }) => failures)}">`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
  ].join('\n')
}

interface Suite {
  readonly lines: readonly string[]
  readonly tests: number
  readonly failures: number
}

function suite({ command, of, summary, rules, results }: Report): Suite {
  const byRule = groupBy(results, ({ rule }) => rule)
  const names = [...new Set([...rules.map(({ name }) => name), ...byRule.keys()])]
  const cases = names.flatMap((name) => {
    const found = byRule.get(name) ?? []
    return found.length === 0 ? [passed(name)] : found.map(testCase)
  })
  const failures = results.filter(isFailure).length
  const skipped = results.filter(isSkipped).length
  const title = attribute(`lockstep ${command}: ${of}`)
  return {
    tests: cases.length,
    failures,
    lines: [
      `  <testsuite name="${title}" tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}">`,
      ...cases,
      `    <system-out>${content([summary])}</system-out>`,
      '  </testsuite>',
    ],
  }
}

function isFailure({ level, accepted }: ReportResult): boolean {
  return level === 'error' && accepted === undefined
}

function isSkipped({ level, accepted }: ReportResult): boolean {
  return level === 'error' && accepted !== undefined
}

function passed(rule: string): string {
  return `    <testcase classname="lockstep" name="${attribute(rule)}"/>`
}

/** A failure, a skipped test, or for warnings and notes a passed test with their text. */
function testCase(result: ReportResult): string {
  const { rule, level, subject, message, fix, lines = [], place, accepted } = result
  const name = attribute([rule, subject].filter((part) => part !== '').join(' '))
  const file = place === undefined ? '' : ` file="${attribute(place.file)}"`
  const line = place?.line === undefined ? '' : ` line="${place.line}"`
  const description = [
    message,
    ...(place?.line === undefined ? [] : [`At ${place.file}:${place.line}:${place.column ?? 1}`]),
    ...(fix === undefined ? [] : [`Fix: ${fix}`, ...lines]),
  ]
  const inside = isFailure(result)
    ? `<failure type="${attribute(rule)}" message="${attribute(message)}">${content(description)}</failure>`
    : isSkipped(result)
      ? `<skipped message="${attribute(`Accepted: ${accepted ?? ''}`)}"/>`
      : `<system-out>${content([`${level}:`, ...description])}</system-out>`
  return `    <testcase classname="lockstep" name="${name}"${file}${line}>${inside}</testcase>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

function attribute(text: string): string {
  return escapeMarkup(printable(text))
}

/** Only the line breaks between `lines` are kept: a text of others cannot begin a line. */
function content(lines: readonly string[]): string {
  return lines.map(attribute).join('\n')
}

/** XML does not allow noncharacters either. */
function escapeMarkup(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
    .replace(
      /\p{Noncharacter_Code_Point}/gu,
      (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    )
}
