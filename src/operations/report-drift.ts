/** Reports how the cluster differs from a desired state, and why. Writes nothing. */
import type { DriftReport } from '../documents/drift.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { confirmDrift, type DriftReading } from '../drift/confirm.ts'
import { type DriftFindings, findDrift } from '../drift/find-drift.ts'
import { type KnownRuns, knownRunsOf, pastOf } from '../journal/past-runs.ts'
import { type Context, pluginsOf, today } from './context.ts'
import { findActiveRun, type RunNotice } from './find-active-run.ts'
import { readRuns, runsQuestion } from './read-runs.ts'

export interface DriftInput {
  readonly desired: DesiredState
  /** The command that applies `desired`, for the fixes; `lockstep apply` if not given. */
  readonly apply?: string
  /** What is confirmed by more than one reading; one reading is enough if not given. */
  readonly confirm?: Confirmation
}

export interface Confirmation {
  /** How many readings in a row must have a difference; at least 1. */
  readonly readings: number
  /** Seconds between two readings. */
  readonly after: number
}

export interface DriftFound {
  readonly report: DriftReport
  readonly live: LiveState
  /** Of the last reading. */
  readonly notices: readonly RunNotice[]
}

interface Reading extends DriftReading {
  readonly live: LiveState
  readonly notices: readonly RunNotice[]
  readonly known: KnownRuns
}

/**
 * Reads the cluster and compares; with `confirm` until nothing differs, and at most so often.
 * Throws a LockstepError if the cluster or a journal cannot be read.
 */
export async function reportDrift(input: DriftInput, context: Context): Promise<DriftFound> {
  const { desired, confirm } = input
  context.secrets.learn({ desired })
  const began = context.now()
  let last = await readDrift(input, context)
  const readings: [DriftReading, ...DriftReading[]] = [last]
  while (!last.findings.in_sync && readings.length < (confirm?.readings ?? 1)) {
    await context.wait((confirm?.after ?? 0) * 1000)
    last = await readDrift(input, context)
    readings.push(last)
  }
  const { live, notices, known } = last
  const findings = confirm === undefined ? last.findings : confirmDrift(readings)
  const report = {
    ...documentHead(findings),
    checked_at: began.toISOString(),
    duration: Math.max(0, context.now().getTime() - began.getTime()) / 1000,
    readings: readings.length,
    run_under_way: runUnderWay(notices, input, context),
    known_runs: known,
  }
  return { report: { ...report, ...findings }, live, notices }
}

/** The properties that a person looks for first stand first in the JSON. */
function documentHead({ format, in_sync, complete, fingerprint }: DriftFindings) {
  return { format, in_sync, complete, fingerprint }
}

async function readDrift(
  { desired, apply = 'lockstep apply' }: DriftInput,
  context: Context,
): Promise<Reading> {
  const live = await context.observe(pluginsOf(desired))
  const runs = await readRuns(runsQuestion(desired, live), context)
  const [past, known] = [pastOf(runs), knownRunsOf(runs)]
  const findings = findDrift(desired, live, { today: today(context), apply, past })
  const notices = await findActiveRun({ live, desired }, context)
  const isUnderWay = notices.some(({ kind }) => kind === 'under_way')
  return { findings, live, notices, known, runUnderWay: isUnderWay }
}

function runUnderWay(
  notices: readonly RunNotice[],
  { desired }: DriftInput,
  { commands }: Context,
): DriftReport['run_under_way'] {
  for (const notice of notices) {
    if (notice.kind === 'under_way') {
      const { run, who, since } = notice
      return { state: 'under_way', run, by: who, since }
    }
    if (notice.kind === 'unknown' && notice.what === 'under_way') {
      return { state: 'unknown', why: notice.why }
    }
  }
  // The lock that an untrusted file names is not read.
  const isShared = desired.cluster.lock !== undefined && commands !== undefined
  return { state: 'none', seen_on: isShared ? 'cluster' : 'machine' }
}
