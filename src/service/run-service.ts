/** Runs the service until it is stopped: rounds of checks, a log, and answers over HTTP. */
import type { DriftReport } from '../documents/drift.generated.ts'
import { watchDrift } from '../operations/watch-drift.ts'
import type { World } from '../operations/world.ts'
import { answer, type AnswerSources } from './answers.ts'
import { startHttpServer } from './http-server.ts'
import { formatListenAddress, isLoopback, type ListenAddress } from './listen-address.ts'
import { type LogEntry, logRound } from './log-entry.ts'
import { addRound, initialState } from './state.ts'

export interface ServiceSources
  extends Pick<World, 'now' | 'wait'>, Pick<AnswerSources, 'lockstepVersion' | 'drawPage'> {
  /** Seconds. */
  readonly interval: number
  /** If not given, nothing listens. */
  readonly listen?: ListenAddress
  readonly check: () => Promise<DriftReport>
  /** The name of the cluster in the files; undefined if they have none. */
  readonly clusterName: () => string | undefined
  readonly log: (entry: LogEntry) => void
  readonly stopped: AbortSignal
}

/** Throws a LockstepError if the address cannot be listened on. A check under way is not waited for. */
export async function runService(sources: ServiceSources): Promise<void> {
  const { interval, listen, check, clusterName, log, stopped, now, wait } = sources
  let state = initialState(interval)
  const drawPage = rememberPage(sources.drawPage)
  const server =
    listen === undefined
      ? undefined
      : await startHttpServer(listen, (method, target) =>
          answer(method, target, {
            state,
            now: now(),
            cluster: clusterName(),
            lockstepVersion: sources.lockstepVersion,
            drawPage,
          }),
        )
  log({
    level: 'info',
    event: 'started',
    interval,
    ...(server !== undefined && { listen: formatListenAddress(server.address) }),
  })
  if (listen !== undefined && !isLoopback(listen)) {
    const message = `Everyone who can reach ${formatListenAddress(listen)} can read the report: the service asks for no password.`
    log({ level: 'warning', event: 'message', message })
  }
  try {
    await watchDrift(
      {
        interval,
        check,
        stopped,
        onRound: (round) => {
          state = addRound(state, round)
          log(logRound(round))
        },
      },
      { now, wait },
    )
  } finally {
    await server?.close()
    log({ level: 'info', event: 'stopped', rounds: state.rounds })
  }
}

/** Draws the page of a report once, however often it is asked for. */
function rememberPage(draw: AnswerSources['drawPage']): AnswerSources['drawPage'] {
  let last: { report: DriftReport; notice: string | undefined; page: string } | undefined
  return (report, notice) => {
    if (last?.report !== report || last.notice !== notice) {
      last = { report, notice, page: draw(report, notice) }
    }
    return last.page
  }
}
