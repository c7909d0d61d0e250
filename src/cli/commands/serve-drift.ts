/**
 * `lockstep drift --interval`: checks again and again. Each round is what one `lockstep drift` does:
 * it reads the files, the token and the certificates again. Changes nothing on a server, but renews
 * the token that it was given.
 */
import type { DriftReport } from '../../documents/drift.generated.ts'
import type { DesiredState } from '../../domain/desired.ts'
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { jsonText, lines } from '../../domain/printable.ts'
import { type LoginSettings, readLoginSettings } from '../../login/settings.ts'
import type { Context } from '../../operations/context.ts'
import { keepServiceToken } from '../../operations/keep-service-token.ts'
import { reportDrift } from '../../operations/report-drift.ts'
import type { LogEntry } from '../../service/log-entry.ts'
import { runService } from '../../service/run-service.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import { drawDriftPage } from '../pages.ts'
import { openSession } from '../session.ts'
import { VERSION } from '../version.ts'
import { driftInput, type DriftOptions, refuseLoneAfter } from './drift.ts'

/** Milliseconds for open sessions to close, after SIGTERM or Ctrl-C. */
const CLOSE_TIME_LIMIT = 1_000

/** Ends with 0 at SIGTERM, SIGHUP or Ctrl-C. Throws before the first round if it cannot begin. */
export async function serveDrift(
  options: DriftOptions & { readonly interval: number },
  host: Host,
): Promise<ExitCode> {
  refuseLoneAfter(options)
  refuseStdin(options)
  refuseWrapped(readLoginSettings(options, host.env))
  const { interval, listen } = options
  let clusterName: string | undefined
  const load = async (): Promise<DesiredState> => {
    const desired = await loadDesired(options, host)
    clusterName = desired.cluster.name?.value
    return desired
  }
  await load()
  const log = (entry: LogEntry): void => {
    host.err(lines(jsonText({ time: host.now().toISOString(), ...entry })))
  }
  const sessionHost: Host = {
    ...{ ...host, err: logMessages(log), showLine: () => undefined },
    // The service itself closes its sessions.
    onInterrupt: () => () => undefined,
  }
  /** Also those that log in. */
  const sessions = new Set<Promise<Context>>()
  const open = async (desired: DesiredState): Promise<Context> => {
    // As if stdout were for a program: the reading of the cluster is not drawn.
    const opening = openSession({ ...options, json: true }, sessionHost, desired)
    sessions.add(opening)
    const forget = (): void => void sessions.delete(opening)
    opening.catch(forget)
    const session = await opening
    return { ...session, close: () => session.close().finally(forget) }
  }
  const token = keepServiceToken(async () => open(await load()), host)
  const check = async (): Promise<DriftReport> => {
    const desired = await load()
    const session = await open(desired)
    try {
      const { report } = await reportDrift(driftInput(options, desired), session)
      await token.follow(session)
      return report
    } finally {
      await session.close()
    }
  }
  const stopping = new AbortController()
  const stopWatching = host.onInterrupt(() => {
    stopping.abort()
  })
  try {
    await runService({
      interval,
      ...(listen !== undefined && { listen }),
      check,
      clusterName: () => clusterName,
      drawPage: drawDriftPage,
      lockstepVersion: VERSION,
      log,
      stopped: stopping.signal,
      now: host.now,
      wait: host.wait,
    })
  } finally {
    token.stop()
    stopWatching()
    // Without open sessions the wait would only keep the process running.
    if (sessions.size > 0) {
      const closed = Promise.allSettled(
        [...sessions].map(async (opening) => (await opening).close()),
      )
      await Promise.race([closed, host.wait(CLOSE_TIME_LIMIT)])
    }
  }
  // A wait for the next round, or for a busy server, would keep the process running.
  host.exit(EXIT.done)
  return EXIT.done
}

/** Each check logs in, and a wrapping token can be unwrapped once. */
function refuseWrapped(login: LoginSettings | undefined): void {
  if (login?.method !== 'approle' || !login.isWrapped) return
  throw new LockstepError({
    code: 'usage',
    message:
      'a wrapped secret ID cannot be used with --interval: each check logs in, and a wrapping token is for one use',
    hint: 'Unwrap the secret ID into a file, and name it with --secret-id-file. Or log in with --auth kubernetes, jwt or cert.',
  })
}

function refuseStdin({ file = [] }: DriftOptions): void {
  if (!file.includes('-')) return
  throw new LockstepError({
    code: 'usage',
    message: '-f - cannot be used with --interval: each check reads the files again',
    hint: 'Write the desired state to a file, and name it with -f.',
  })
}

/** The longest list of warnings that are remembered, so that each is logged once. */
const WARNINGS_REMEMBERED = 100

/** Turns what a session writes to stderr into entries of the log. A warning is logged once. */
function logMessages(log: (entry: LogEntry) => void): Host['err'] {
  const warned = new Set<string>()
  return (text) => {
    for (const message of text.split('\n').filter((one) => one !== '')) {
      const isWarning = message.startsWith('Warning: ')
      if (isWarning && warned.has(message)) continue
      if (isWarning && warned.size < WARNINGS_REMEMBERED) warned.add(message)
      log({ level: isWarning ? 'warning' : 'info', event: 'message', message })
    }
  }
}
