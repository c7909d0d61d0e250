import { expect, test } from 'vitest'
import { driftReport } from '../../test/builders/drift-report.ts'
import { cluster, FILE, NEW, OLD, ASKED, running, TWO } from '../../test/drift/one-mount.ts'
import { parseMetrics, type Sample } from '../../test/render/parse-metrics.ts'
import { findDrift } from '../drift/find-drift.ts'
import { type DriftCheck, renderDriftMetrics } from './drift-metrics.ts'

const metrics = (check: DriftCheck): Sample[] => parseMetrics(`${renderDriftMetrics(check)}\n`)
const valuesOf = (samples: readonly Sample[], name: string): (string | number)[][] =>
  samples
    .filter((sample) => sample.name === `lockstep_drift_${name}`)
    .map(({ labels, value }) => [...[...labels.values()].slice(1), value])

const drifted = driftReport(findDrift(FILE, cluster(NEW, { [TWO]: running(OLD) }), ASKED))

test('each class has a sample, and each number is that of the report', () => {
  const samples = metrics({ cluster: 'prod', lockstepVersion: '1.0.0', report: drifted })

  expect(new Set(samples.map(({ labels }) => labels.get('cluster')))).toEqual(new Set(['prod']))
  expect(valuesOf(samples, 'check_success')).toEqual([[1]])
  expect(valuesOf(samples, 'check_timestamp_seconds')).toEqual([[Date.UTC(2026, 5, 15, 10) / 1000]])
  expect(valuesOf(samples, 'check_duration_seconds')).toEqual([[0.25]])
  expect(valuesOf(samples, 'in_sync')).toEqual([[0]])
  expect(valuesOf(samples, 'complete')).toEqual([[1]])
  expect(valuesOf(samples, 'differences')).toEqual(Object.entries(drifted.counts.by_class))
  expect(valuesOf(samples, 'differences')).toContainEqual(['node-skew', 1])
  expect(valuesOf(samples, 'differences_by_severity')).toContainEqual(['error', 1])
  expect(valuesOf(samples, 'run_under_way')).toEqual([[0]])
  expect(valuesOf(samples, 'nodes')).toContainEqual(['serving', 3])
})

test('whether a run is under way has no sample if it is not known', () => {
  const report = { ...drifted, run_under_way: { state: 'unknown' as const, why: 'HTTP 403' } }

  const samples = metrics({ cluster: 'prod', lockstepVersion: '1.0.0', report })

  expect(valuesOf(samples, 'run_under_way')).toEqual([])
})

test('a check that failed has no number of differences', () => {
  const checkedAt = '2026-06-15T10:00:00.000Z'

  const samples = metrics({ cluster: '', lockstepVersion: '1.0.0', checkedAt, duration: 1.5 })

  expect(samples.map(({ name, value }) => [name, value])).toEqual([
    ['lockstep_drift_check_success', 0],
    ['lockstep_drift_check_timestamp_seconds', Date.parse(checkedAt) / 1000],
    ['lockstep_drift_check_duration_seconds', 1.5],
  ])
})

test('a name of a cluster cannot end its label', () => {
  const name = 'a"} 1\nlockstep_drift_in_sync{cluster="b\\'

  const [sample] = metrics({ cluster: name, lockstepVersion: '1.0.0', report: drifted })

  expect(sample?.labels.get('cluster')).toBe('a"} 1\\nlockstep_drift_in_sync{cluster="b\\')
})
