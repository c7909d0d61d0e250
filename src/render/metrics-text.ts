/** The text format of Prometheus, version 0.0.4. A value from a server stays inside its quotes. */
import { printable } from '../domain/printable.ts'

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels?: Labels
  readonly value: number
}

export interface Metric {
  readonly name: string
  readonly help: string
  /** A counter only grows, until the program ends. */
  readonly type: 'gauge' | 'counter'
  /** A metric without samples is left out. */
  readonly samples: readonly Sample[]
}

/** Ends without a newline. `common`: labels of every sample. */
export function renderMetrics(metrics: readonly Metric[], common: Labels = {}): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(
        ({ labels, value }) => `${name}${formatLabels({ ...common, ...labels })} ${String(value)}`,
      ),
    ])
    .join('\n')
}

function formatLabels(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

/** A name from a server stays on its line and between its quotes. */
function escapeLabel(value: string): string {
  return printable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
