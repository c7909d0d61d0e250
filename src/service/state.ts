/** What the service knows after its rounds. Pure: each round makes a new state. */
import type { DriftReport } from '../documents/drift.generated.ts'
import type { Round } from '../operations/watch-drift.ts'
import type { ServiceFigures } from '../render/service-metrics.ts'

export interface ServiceState extends ServiceFigures {
  /** The last round; absent before the first has ended. */
  readonly lastRound?: Round
  readonly lastEndedAt?: Date
  /** Of the last round that did not fail. */
  readonly report?: DriftReport
}

/**
 * Causes that have a sample from the start: a counter that appears with 1 shows no increase. Others
 * are added when they occur.
 */
const USUAL_CAUSES = [
  ...['unreachable', 'bad-token', 'not-allowed', 'sealed', 'no-active-node', 'invalid-input'],
]

/** So many intervals after the last round the service is not ready. */
const READY_INTERVALS = 3

/** `interval`: seconds. */
export function initialState(interval: number): ServiceState {
  const failedRounds = new Map(USUAL_CAUSES.map((cause) => [cause, 0]))
  return { interval, rounds: 0, seconds: 0, failedRounds }
}

export function addRound(state: ServiceState, round: Round): ServiceState {
  const { failedRounds } = state
  return {
    ...state,
    rounds: state.rounds + 1,
    seconds: state.seconds + round.duration,
    lastRound: round,
    lastEndedAt: new Date(round.began.getTime() + round.duration * 1000),
    ...(round.kind === 'failed'
      ? {
          failedRounds: new Map(failedRounds).set(
            round.cause,
            (failedRounds.get(round.cause) ?? 0) + 1,
          ),
        }
      : { report: round.report, ...(round.report.complete && { lastCompleteAt: round.began }) }),
  }
}

/** Why the service is not ready; undefined if it is. */
export function whyNotReady(
  { interval, report, lastEndedAt }: ServiceState,
  now: Date,
): string | undefined {
  if (report === undefined || lastEndedAt === undefined) return 'no round has made a report'
  const age = (now.getTime() - lastEndedAt.getTime()) / 1000
  return age > READY_INTERVALS * interval
    ? `the last round ended ${age.toFixed(0)} s ago, more than ${READY_INTERVALS} intervals`
    : undefined
}
