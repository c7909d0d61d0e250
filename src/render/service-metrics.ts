/** What the drift service says of itself, in the text format of Prometheus. */
import { type Metric, renderMetrics } from './metrics-text.ts'

export interface ServiceFigures {
  /** Seconds. */
  readonly interval: number
  readonly rounds: number
  /** Seconds that all rounds took together. */
  readonly seconds: number
  /** How many rounds failed, by the code of the error. */
  readonly failedRounds: ReadonlyMap<string, number>
  /** When the last round that read the whole cluster began. */
  readonly lastCompleteAt?: Date
}

/** Ends without a newline. */
export function renderServiceMetrics(figures: ServiceFigures): string {
  const { interval, rounds, seconds, failedRounds, lastCompleteAt } = figures
  const metric = (
    name: string,
    help: string,
    type: Metric['type'],
    ...samples: Metric['samples']
  ): Metric => ({ name: `lockstep_service_${name}`, help, type, samples })
  return renderMetrics([
    metric('up', 'Always 1: the service runs.', 'gauge', { value: 1 }),
    metric('interval_seconds', 'The time from one round to the next.', 'gauge', {
      value: interval,
    }),
    metric('rounds_total', 'Rounds that have ended, failed ones too.', 'counter', {
      value: rounds,
    }),
    metric(
      'failed_rounds_total',
      'Rounds that could not compare the cluster with the files, by the code of the error.',
      'counter',
      ...[...failedRounds].map(([cause, value]) => ({ labels: { cause }, value })),
    ),
    metric('round_seconds_total', 'How long all rounds took together.', 'counter', {
      value: seconds,
    }),
    metric(
      'last_complete_round_timestamp_seconds',
      'When the last round that could read everything began, in seconds since 1970. No sample before the first.',
      'gauge',
      ...(lastCompleteAt === undefined ? [] : [{ value: lastCompleteAt.getTime() / 1000 }]),
    ),
  ])
}
