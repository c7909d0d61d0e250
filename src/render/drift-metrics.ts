/**
 * Drift as metrics, in the text format of Prometheus, for the textfile collector of its node
 * exporter and for the service. All samples have the label `cluster`, so files of several clusters can lie in one
 * folder. Every class of difference has a sample, 0 too: a series that goes would hide its end.
 */
import type { DriftReport } from '../documents/drift.generated.ts'
import { type Metric, renderMetrics, type Sample } from './metrics-text.ts'

/** A check that failed has only the first three metrics. */
export type DriftCheck = {
  /** The name of the cluster in the file, else the name that it has itself; empty if neither is known. */
  readonly cluster: string
  readonly lockstepVersion: string
} & (
  | { readonly report: DriftReport }
  | {
      readonly report?: undefined
      /** RFC 3339. */
      readonly checkedAt: string
      /** Seconds. */
      readonly duration: number
    }
)

/** Ends without a newline. */
export function renderDriftMetrics(check: DriftCheck): string {
  const { cluster, lockstepVersion, report } = check
  const checkedAt = report === undefined ? check.checkedAt : report.checked_at
  const duration = report === undefined ? check.duration : report.duration
  const metrics = [
    metric(
      'check_success',
      '1 if the last check could compare the cluster with the files, 0 if it failed.',
      { value: report === undefined ? 0 : 1 },
    ),
    metric('check_timestamp_seconds', 'When the last check began, in seconds since 1970.', {
      value: Date.parse(checkedAt) / 1000,
    }),
    metric('check_duration_seconds', 'How long the last check took, with its waits.', {
      value: duration,
    }),
    ...(report === undefined ? [] : ofReport(report, lockstepVersion)),
  ]
  return renderMetrics(metrics, { cluster })
}

function metric(name: string, help: string, ...samples: readonly Sample[]): Metric {
  return { name: `lockstep_drift_${name}`, help, type: 'gauge', samples }
}

function ofReport(report: DriftReport, lockstepVersion: string): Metric[] {
  const { counts, run_under_way: run, known_runs, cluster } = report
  const classes = Object.entries(counts.by_class)
  const bySeverity = Object.entries(counts.by_severity)
  const states = [...new Set([...NODE_STATES, ...cluster.nodes.map(({ state }) => state)])]
  return [
    metric('in_sync', '1 if nothing differs and everything could be read.', {
      value: Number(report.in_sync),
    }),
    metric('complete', '0 if something could not be read and the files do not ignore that.', {
      value: Number(report.complete),
    }),
    metric(
      'differences',
      'Differences between the files and the cluster, by class.',
      ...classes.map(([name, value]) => ({ labels: { class: name }, value })),
    ),
    metric(
      'differences_by_severity',
      'Differences between the files and the cluster, by severity.',
      ...bySeverity.map(([severity, value]) => ({ labels: { severity }, value })),
    ),
    metric(
      'unconfirmed_differences',
      'Differences that not every reading had, or that were read while a run was under way.',
      {
        value: counts.unconfirmed,
      },
    ),
    metric('ignored_differences', 'Differences that the files ignore.', {
      value: counts.ignored,
    }),
    metric('unused_ignores', 'Entries of ignore in the files that match nothing or have expired.', {
      value: report.unused_ignores.length,
    }),
    metric(
      'run_under_way',
      '1 if an apply or a rollback is under way. No sample if that is not known.',
      ...(run.state === 'unknown' ? [] : [{ value: Number(run.state === 'under_way') }]),
    ),
    metric('known_runs', 'Runs of the cluster in the journals of this machine, 50 at most.', {
      value: known_runs.count,
    }),
    metric(
      'nodes',
      'Nodes of the cluster, by state.',
      ...states.map((state) => ({
        labels: { state },
        value: cluster.nodes.filter((node) => node.state === state).length,
      })),
    ),
    metric('cluster_info', 'The cluster, its servers, and the version of Lockstep; always 1.', {
      labels: {
        cluster_id: cluster.id,
        product: cluster.product,
        server_version: cluster.server_version,
        lockstep_version: lockstepVersion,
      },
      value: 1,
    }),
  ]
}

const NODE_STATES = ['serving', 'forwarding', 'not-ready', 'sealed', 'unreachable'] as const
