/**
 * Reads what the files accept: allowed findings, and differences that drift ignores. The names of
 * rules and classes are checked only against the given sets.
 */
import type { Allowance, Ignore, Source } from '../domain/desired.ts'
import { compareText } from '../domain/names.ts'
import { placeOf, type InputFile, type Report } from './input-file.ts'
import { showText, suggest } from './wording.ts'

/** The allowances of all files. `rules`: the known rules; not checked if undefined. */
export function readAllowances(
  files: readonly InputFile[],
  rules: ReadonlySet<string> | undefined,
  report: Report,
): readonly Allowance[] {
  return files.flatMap((file) =>
    (file.document.allow ?? []).flatMap((allowance = {}, index) => {
      const { rule, subject, because, by, until } = allowance
      const sourceOf = (key: string): Source => placeOf(file, 'allow', index, key).value
      checkName({ what: 'rule', name: rule, known: rules, source: sourceOf('rule') }, report)
      checkDate(until, sourceOf('until'), report)
      if (rule === undefined || subject === undefined || because === undefined) return []
      const source = placeOf(file, 'allow', index).value
      return [
        {
          rule,
          subject,
          because,
          ...(by !== undefined && { by }),
          ...(until !== undefined && { until }),
          source,
        },
      ]
    }),
  )
}

/** The ignored differences of all files. `classes`: the known classes; not checked if undefined. */
export function readIgnores(
  files: readonly InputFile[],
  classes: ReadonlySet<string> | undefined,
  report: Report,
): readonly Ignore[] {
  return files.flatMap((file) =>
    (file.document.ignore ?? []).flatMap((ignore = {}, index) => {
      const { class: name, subject, because, until } = ignore
      const sourceOf = (key: string): Source => placeOf(file, 'ignore', index, key).value
      checkName({ what: 'class', name, known: classes, source: sourceOf('class') }, report)
      checkDate(until, sourceOf('until'), report)
      if (name === undefined || subject === undefined || because === undefined) return []
      const source = placeOf(file, 'ignore', index).value
      return [{ class: name, subject, because, ...(until !== undefined && { until }), source }]
    }),
  )
}

interface NamedThing {
  readonly what: 'rule' | 'class'
  readonly name: string | undefined
  /** Not checked if undefined. */
  readonly known: ReadonlySet<string> | undefined
  readonly source: Source
}

function checkName({ what, name, known, source }: NamedThing, report: Report): void {
  if (name === undefined || known === undefined || known.has(name)) return
  const hint = suggest(name, [...known].sort(compareText), 'there are')
  report({ message: `there is no ${what} ${showText(name)}`, source, hint })
}

function checkDate(date: string | undefined, source: Source, report: Report): void {
  if (date === undefined || isDate(date)) return
  report({
    message: `until: ${showText(date)} is not a day of the calendar`,
    source,
    hint: 'write it as YYYY-MM-DD',
  })
}

function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (parts === null) return false
  const [year, month, day] = parts.slice(1).map(Number)
  // The number of days of the month: the day before the first of the next month.
  const days = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate()
  return (month ?? 0) >= 1 && (month ?? 0) <= 12 && (day ?? 0) >= 1 && (day ?? 0) <= days
}
