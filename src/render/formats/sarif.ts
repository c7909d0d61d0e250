/**
 * Renders SARIF 2.1.0, which code hosts show beside the lines of a file: a SARIF run for each
 * report.
 */
import { createHash } from 'node:crypto'
import { jsonText, printable } from '../../domain/printable.ts'
import type { Place, Report, ReportResult, ReportRule } from './report.ts'

export interface SarifOptions {
  /** The version of this program. */
  readonly version: string
}

/** Ends without a newline. */
export function renderSarif(reports: readonly Report[], { version }: SarifOptions): string {
  return jsonText(
    {
      $schema:
        'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: reports.map((report) => sarifRun(report, version)),
    },
    2,
  )
}

function sarifRun({ command, of, summary, rules, results }: Report, version: string): object {
  // Rules that only a later version has are added, since a result refers to its rule by index.
  const known = [...rules, ...results.flatMap(unknownRule(rules))]
  const numbers = new Map(known.map(({ name }, at) => [name, at]))
  return {
    tool: {
      driver: { name: 'lockstep', semanticVersion: version, rules: known.map(sarifRule) },
    },
    automationDetails: { id: `lockstep ${command}/${printable(of)}` },
    columnKind: 'utf16CodeUnits',
    results: results.map((result) => ({
      ruleIndex: numbers.get(result.rule) ?? 0,
      ...sarifResult(result, of),
    })),
    properties: { summary: printable(summary) },
  }
}

/**
 * Returns a function that gives the rule of a result, if this version does not have that rule: a
 * plan file may have findings of a later version.
 */
function unknownRule(rules: readonly ReportRule[]): (result: ReportResult) => ReportRule[] {
  const names = new Set(rules.map(({ name }) => name))
  return ({ rule, level }) => {
    if (names.has(rule)) return []
    names.add(rule)
    const text = 'This version of lockstep does not have the rule.'
    return [{ name: rule, level, title: rule, explanation: text }]
  }
}

function sarifRule({ name, level, title, explanation, fix }: ReportRule): object {
  const help = fix === undefined ? explanation : `${explanation} Fix: ${fix}`
  return {
    id: printable(name),
    name: printable(name),
    shortDescription: { text: printable(title) },
    fullDescription: { text: plain(explanation) },
    help: { text: plain(help) },
    defaultConfiguration: { level },
  }
}

function sarifResult(result: ReportResult, of: string): object {
  const { rule, level, subject, message, fix, lines = [], place, accepted } = result
  const text = [
    ...(subject === '' ? [] : [`${subject}:`]),
    message,
    ...(fix === undefined ? [] : [`Fix: ${fix}`, ...lines]),
  ].join(' ')
  return {
    ruleId: printable(rule),
    level,
    message: { text: plain(text) },
    ...(place !== undefined && { locations: [location(place)] }),
    // Identifies the same result in a later run, even if its lines have moved.
    partialFingerprints: { 'lockstep/v1': fingerprint([of, rule, subject, message]) },
    suppressions:
      accepted === undefined ? [] : [{ kind: 'inSource', justification: plain(accepted) }],
  }
}

function location({ file, line, column }: Place): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: fileUri(file) },
      ...(line !== undefined && {
        region: { startLine: line, ...(column !== undefined && { startColumn: column }) },
      }),
    },
  }
}

/** A URI relative to the root of the repository, like the path. */
function fileUri(file: string): string {
  return file
    .split('/')
    .map((part) => encodeURIComponent(printable(part)))
    .join('/')
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Escapes brackets, as the standard says: in a message `[text](target)` is a link. */
function plain(text: string): string {
  return printable(text).replace(/[[\]\\]/g, '\\$&')
}
