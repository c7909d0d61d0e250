/** Renders the checks of `doctor` for a terminal. The last line says whether an apply would stop. */
import type { CheckResult, DoctorCheck, DoctorReport } from '../documents/doctor.generated.ts'
import { count } from '../domain/count.ts'
import { groupBy } from '../domain/group-by.ts'
import type { Paint, Palette } from './palette.ts'
import { printable, productName } from './wording.ts'
import { wrapLine } from './wrap.ts'

export interface DoctorTextOptions {
  readonly palette: Palette
  /** Columns of the terminal; `Infinity` if there is none. */
  readonly width: number
}

/** Columns before the message: the result and the name of the check. */
const RESULT_WIDTH = 9
const NAME_WIDTH = 13

/** Ends without a newline. */
export function renderDoctor(report: DoctorReport, { palette, width }: DoctorTextOptions): string {
  const { address, cluster, checks } = report
  const server =
    cluster === undefined
      ? ''
      : ` ${printable(cluster.name)} (${productName(cluster.product)} ${printable(cluster.server_version)})`
  const header = address === undefined ? [] : [palette.bold(`Cluster${server} at ${address}`), '']
  return [
    ...header,
    ...checks.filter(isMade).flatMap((check) => renderCheck(check, { palette, width })),
    ...renderSkipped(
      checks.filter((check) => !isMade(check)),
      { palette, width },
    ),
    '',
    ...conclude(report, palette),
  ].join('\n')
}

function isMade({ result }: DoctorCheck): boolean {
  return result !== 'skipped'
}

/** One line for the checks that were skipped for the same reason. */
function renderSkipped(
  checks: readonly DoctorCheck[],
  { palette, width }: DoctorTextOptions,
): readonly string[] {
  return [...groupBy(checks, ({ message }) => message)].flatMap(([message, group]) => {
    const names = group.map(({ check }) => check).join(', ')
    const [first = '', ...rest] = wrapLine(
      `${names}: ${printable(message)}`,
      width - RESULT_WIDTH,
      0,
    )
    return [
      palette.dim('skipped'.padEnd(RESULT_WIDTH)) + first,
      ...rest.map((line) => ' '.repeat(RESULT_WIDTH) + line),
    ]
  })
}

function renderCheck(
  { check, result, message, details, fix }: DoctorCheck,
  { palette, width }: DoctorTextOptions,
): readonly string[] {
  const indent = RESULT_WIDTH + NAME_WIDTH
  const [first = '', ...rest] = wrapLine(printable(message), width - indent, 0)
  const below = [
    ...rest,
    ...details.flatMap((detail) => wrapLine(`  ${printable(detail)}`, width - indent)),
    ...(fix === undefined ? [] : wrapLine(`Fix: ${printable(fix)}`, width - indent)),
  ]
  const paint = paintOf(result, palette)
  return [
    `${paint(result.padEnd(RESULT_WIDTH))}${check.padEnd(NAME_WIDTH)}${first}`,
    ...below.map((line) => ' '.repeat(indent) + line),
  ]
}

function paintOf(result: CheckResult, palette: Palette): Paint {
  switch (result) {
    case 'ok':
      return palette.green
    case 'failed':
      return palette.red
    case 'warning':
    case 'unknown':
      return palette.yellow
    case 'skipped':
      return palette.dim
  }
}

function conclude({ checks, exit_code }: DoctorReport, palette: Palette): readonly string[] {
  const failed = checks.filter(({ result }) => result === 'failed').map(({ check }) => check)
  const doubtful = checks.filter(({ result }) => result === 'warning' || result === 'unknown')
  const warnings = doubtful.length === 0 ? '' : ` See ${count(doubtful.length, 'warning')} above.`
  if (failed.length > 0) {
    const text = `An apply would stop (exit ${exit_code}): ${failed.join(', ')}.${warnings}`
    return [palette.red(palette.bold(text))]
  }
  const hasPlan = checks.some(({ check, result }) => check === 'plan' && result === 'ok')
  return hasPlan
    ? [palette.green(palette.bold(`Nothing was found that would stop an apply.${warnings}`))]
    : [palette.bold(`Nothing failed, and no plan was checked: give a file with -f.${warnings}`)]
}
