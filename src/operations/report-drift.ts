/** Reports how the cluster differs from a desired state, and why. Writes nothing. */
import type { DriftReport } from '../documents/drift.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { findDrift } from '../drift/find-drift.ts'
import { readPast } from '../journal/past-runs.ts'
import { type Context, journalFolder, pluginsOf, today } from './context.ts'

export interface DriftInput {
  readonly desired: DesiredState
  /** The command that applies `desired`, for the fixes; `lockstep apply` if not given. */
  readonly apply?: string
}

export interface DriftFound {
  readonly report: DriftReport
  readonly live: LiveState
}

/**
 * Reads the cluster and compares. Throws a LockstepError if the cluster or a journal cannot be
 * read.
 */
export async function reportDrift(
  { desired, apply = 'lockstep apply' }: DriftInput,
  context: Context,
): Promise<DriftFound> {
  context.secrets.learn({ desired })
  const live = await context.observe(pluginsOf(desired))
  const { id } = live.cluster
  const past = readPast(journalFolder(context, id), id)
  return { report: findDrift(desired, live, { today: today(context), apply, past }), live }
}
