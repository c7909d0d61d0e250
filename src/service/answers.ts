/**
 * What the service answers to a request: a pure function of the request and the state. It reads the
 * method and the path only.
 */
import { jsonText } from '../domain/printable.ts'
import type { DriftReport } from '../documents/drift.generated.ts'
import { renderDriftMetrics } from '../render/drift-metrics.ts'
import { renderServiceMetrics } from '../render/service-metrics.ts'
import { type ServiceState, whyNotReady } from './state.ts'

export interface Answer {
  readonly status: 200 | 404 | 405 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface AnswerSources {
  readonly state: ServiceState
  readonly now: Date
  /** The name of the cluster in the files. */
  readonly cluster: string | undefined
  readonly lockstepVersion: string
  /** Draws the page. `notice`: why the report is older than the last round. */
  readonly drawPage: (report: DriftReport, notice: string | undefined) => string
}

const TEXT = 'text/plain; charset=utf-8'

const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/**
 * The page has a policy of its own that names its one style; both hold. So this one must allow
 * styles.
 */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export function answer(method: string, target: string, sources: AnswerSources): Answer {
  if (method !== 'GET' && method !== 'HEAD') {
    return text(405, 'only GET and HEAD are answered', { Allow: 'GET, HEAD' })
  }
  const { state, now } = sources
  const [path = ''] = target.split('?')
  switch (path) {
    case '/':
      return state.report === undefined ? noReport(state) : page(state.report, sources)
    case '/report.json':
      return state.report === undefined
        ? noReport(state)
        : make(200, 'application/json; charset=utf-8', `${jsonText(state.report, 2)}\n`)
    case '/metrics':
      return make(200, 'text/plain; version=0.0.4; charset=utf-8', metrics(sources))
    case '/healthz':
      return text(200, 'ok')
    case '/readyz': {
      const why = whyNotReady(state, now)
      return why === undefined ? text(200, 'ok') : text(503, why)
    }
    default:
      return text(404, 'there are /, /report.json, /metrics, /healthz and /readyz')
  }
}

function metrics({ state, cluster, lockstepVersion }: AnswerSources): string {
  const { lastRound } = state
  const service = renderServiceMetrics(state)
  if (lastRound === undefined) return `${service}\n`
  const name = cluster ?? state.report?.cluster.name ?? ''
  const common = { cluster: name, lockstepVersion }
  const drift =
    lastRound.kind === 'reported'
      ? renderDriftMetrics({ ...common, report: lastRound.report })
      : renderDriftMetrics({
          ...common,
          checkedAt: lastRound.began.toISOString(),
          duration: lastRound.duration,
        })
  return `${drift}\n${service}\n`
}

function page(report: DriftReport, { state, drawPage }: AnswerSources): Answer {
  const { lastRound } = state
  const notice =
    lastRound?.kind === 'failed'
      ? `The check of ${lastRound.began.toISOString()} failed (${lastRound.cause}). This page shows the last report before it. ${inOneLine(lastRound.message)}`
      : undefined
  return make(200, 'text/html; charset=utf-8', drawPage(report, notice), {
    'Content-Security-Policy': PAGE_POLICY,
  })
}

/** The message of wrong files has a line for each mistake. */
function inOneLine(message: string): string {
  return message
    .split('\n')
    .map((each) => each.trim())
    .join('; ')
}

function noReport({ lastRound }: ServiceState): Answer {
  return text(
    503,
    lastRound?.kind === 'failed'
      ? `There is no report yet. The last check failed (${lastRound.cause}).`
      : 'There is no report yet: the first check is under way.',
  )
}

function text(status: Answer['status'], line: string, headers = {}): Answer {
  return make(status, TEXT, `${line}\n`, headers)
}

function make(status: Answer['status'], type: string, body: string, headers = {}): Answer {
  return { status, headers: { 'Content-Type': type, ...SECURITY_HEADERS, ...headers }, body }
}
