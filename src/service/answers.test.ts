import { expect, test } from 'vitest'
import { driftReport } from '../../test/builders/drift-report.ts'
import { ASKED, cluster, FILE, NEW, OLD, running, TWO } from '../../test/drift/one-mount.ts'
import { parseMetrics } from '../../test/render/parse-metrics.ts'
import { findDrift } from '../drift/find-drift.ts'
import type { Round } from '../operations/watch-drift.ts'
import { answer } from './answers.ts'
import { addRound, initialState, type ServiceState } from './state.ts'

const REPORT = driftReport(findDrift(FILE, cluster(NEW, { [TWO]: running(OLD) }), ASKED))
const REPORTED: Round = { kind: 'reported', began: new Date(0), duration: 2, report: REPORT }
const FAILED: Round = {
  ...{ kind: 'failed', began: new Date(10_000), duration: 1, cause: 'unreachable' },
  ...{ message: '<b>no node answers\n  at all', details: [], hint: undefined },
}

function ask(state: ServiceState, target: string, { method = 'GET', seconds = 0 } = {}) {
  return answer(method, target, {
    state,
    now: new Date(seconds * 1000),
    cluster: 'prod',
    lockstepVersion: '1.0.0',
    drawPage: (report, notice) => `page of ${report.checked_at}: ${notice ?? ''}`,
  })
}
const valueOf = (state: ServiceState, name: string, label?: string): number | undefined =>
  parseMetrics(ask(state, '/metrics').body).find(
    (sample) =>
      sample.name === name && (label === undefined || [...sample.labels.values()].includes(label)),
  )?.value

const START = initialState(10)
const AFTER_ONE = addRound(START, REPORTED)
const AFTER_FAILURE = addRound(AFTER_ONE, FAILED)

test('before the first round there is no report, and the process lives', () => {
  expect(ask(START, '/healthz').status).toBe(200)
  for (const path of ['/', '/report.json', '/readyz']) expect(ask(START, path).status).toBe(503)
  expect(valueOf(START, 'lockstep_service_up')).toBe(1)
  expect(valueOf(START, 'lockstep_service_rounds_total')).toBe(0)
  expect(valueOf(START, 'lockstep_service_failed_rounds_total', 'unreachable')).toBe(0)
  expect(valueOf(START, 'lockstep_drift_check_success')).toBeUndefined()
})

test('after a round, each path shows its report', () => {
  expect(JSON.parse(ask(AFTER_ONE, '/report.json').body)).toEqual(REPORT)
  expect(ask(AFTER_ONE, '/?x=1').body).toBe(`page of ${REPORT.checked_at}: `)
  expect(valueOf(AFTER_ONE, 'lockstep_drift_differences', 'node-skew')).toBe(1)
  expect(valueOf(AFTER_ONE, 'lockstep_service_round_seconds_total')).toBe(2)
  expect(valueOf(AFTER_ONE, 'lockstep_service_last_complete_round_timestamp_seconds')).toBe(0)
})

test('after a failed round the metrics have no differences, and the page says what failed', () => {
  expect(valueOf(AFTER_FAILURE, 'lockstep_drift_check_success')).toBe(0)
  expect(valueOf(AFTER_FAILURE, 'lockstep_drift_in_sync')).toBeUndefined()
  expect(valueOf(AFTER_FAILURE, 'lockstep_service_failed_rounds_total', 'unreachable')).toBe(1)
  expect(valueOf(AFTER_FAILURE, 'lockstep_service_rounds_total')).toBe(2)
  expect(ask(AFTER_FAILURE, '/').body).toMatch(
    /1970-01-01T00:00:10.000Z failed \(unreachable\)\. .*<b>no node answers; at all$/,
  )
  expect(JSON.parse(ask(AFTER_FAILURE, '/report.json').body)).toEqual(REPORT)
})

test('it is ready up to three intervals after the end of the last round', () => {
  expect(ask(AFTER_ONE, '/readyz', { seconds: 32 }).status).toBe(200)
  expect(ask(AFTER_ONE, '/readyz', { seconds: 33 })).toMatchObject({ status: 503 })
  expect(ask(AFTER_FAILURE, '/readyz', { seconds: 33 }).status).toBe(200)
  expect(ask(addRound(START, FAILED), '/readyz', { seconds: 12 }).status).toBe(503)
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])('%s is refused', (method) => {
  const refused = ask(AFTER_ONE, '/metrics', { method })

  expect(refused.status).toBe(405)
  expect(refused.headers['Allow']).toBe('GET, HEAD')
})

test('other paths are 404, and no answer holds what was asked for', () => {
  for (const path of ['/../etc/passwd', '//report.json', '/REPORT.JSON', '/%2f', '*', '']) {
    const { status, body } = ask(AFTER_ONE, path)
    expect(status).toBe(404)
    expect(body).not.toContain('passwd')
  }
})

test('every answer has the headers that keep it from other pages', () => {
  for (const path of ['/', '/metrics', '/report.json', '/nothing']) {
    const { headers } = ask(AFTER_ONE, path)
    expect(headers['Content-Security-Policy']).toMatch(
      /^default-src 'none';.*frame-ancestors 'none'$/,
    )
    expect(headers['X-Content-Type-Options']).toBe('nosniff')
  }
})
