/** Renders the differences between a plan file and the plan made now. */
import { diffLines } from 'diff'
import type { DesiredStateDocument } from '../documents/desired-state.generated.ts'
import type { Plan, Step } from '../documents/plan.generated.ts'
import { maskArguments } from '../domain/secret-arguments.ts'
import { stepLines } from './step-lines.ts'

export interface PlanDifferences {
  /** Steps that only the plan made now has. */
  readonly notInFile: readonly Step[]
  /** Steps that only the file has. */
  readonly onlyInFile: readonly Step[]
  readonly settings: readonly {
    readonly name: string
    readonly file: string | undefined
    readonly now: string | undefined
  }[]
}

/**
 * Lines that begin with `-` (the plan file) or `+` (now). They hold texts of others and must be
 * escaped before they are shown.
 */
export function renderPlanDifferences(
  { notInFile, onlyInFile, settings }: PlanDifferences,
  cluster: Plan['cluster'],
): string[] {
  const linesOf = (steps: readonly Step[]): string =>
    steps
      .flatMap((step) =>
        stepLines({ steps: [step], cluster }, { detail: true }).flatMap(({ what, details }) => [
          what,
          ...hashOf(step),
          ...details,
        ]),
      )
      .map((text) => `${text}\n`)
      .join('')
  const steps = changedLines(linesOf(onlyInFile), linesOf(notInFile))
  return [
    ...settings.flatMap(({ name, file, now }) => [
      ...(file === undefined ? [] : [`- ${name}: ${file}`]),
      ...(now === undefined ? [] : [`+ ${name}: ${now}`]),
    ]),
    // Used if the words of the steps do not show the difference, as with namespaces.
    ...(steps.length > 0 ? steps : changedLines(requestsOf(onlyInFile), requestsOf(notInFile))),
  ]
}

/** The hash is added, since two registrations that differ only in it have the same words. */
function hashOf({ action }: Step): string[] {
  return action.kind === 'register' ? [`sha256 ${action.entry.sha256}`] : []
}

function requestsOf(steps: readonly Step[]): string {
  return steps
    .map(({ action, verify = [] }) => `${JSON.stringify(sortKeys({ action, verify }), null, 2)}\n`)
    .join('')
}

/**
 * The differences of the desired state, in the format of its files: `-` the plan file, `+` the
 * files.
 */
export function renderDesiredDifferences(
  plan: DesiredStateDocument,
  files: DesiredStateDocument,
): string[] {
  const textOf = (document: DesiredStateDocument): string =>
    `${JSON.stringify(sortKeys(document), null, 2)}\n`
  return changedLines(textOf(plan), textOf(files))
}

function changedLines(before: string, after: string): string[] {
  const [left, right] = [before, after].map((text) => maskLines(text.split('\n')))
  let [atLeft, atRight] = [0, 0]
  return diffLines(before, after).flatMap(({ count, added, removed }) => {
    const [fromLeft, fromRight] = [atLeft, atRight]
    if (!added) atLeft += count
    if (!removed) atRight += count
    if (added) return (right ?? []).slice(fromRight, atRight).map((line) => `+ ${line}`)
    return removed ? (left ?? []).slice(fromLeft, atLeft).map((line) => `- ${line}`) : []
  })
}

/** Lines are masked after the comparison: otherwise two different secrets would look equal. */
function maskLines(lines: readonly string[]): string[] {
  const values = lines.map((line) => line.trim().replace(/^"|",?$/g, ''))
  const masked = maskArguments(values)
  return lines.map((line, at) => line.replace(values[at] ?? '', () => masked[at] ?? ''))
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inside]) => [key, sortKeys(inside)]))
}
