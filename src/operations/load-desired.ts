/**
 * Reads desired state from files, or from a plan file. Passes the names of the rules and drift
 * classes to the reader, which checks `allow` and `ignore` against them.
 */
import { readDesiredOfPlan } from '../desired/desired-of-plan.ts'
import { loadDesiredState } from '../desired/load-desired-state.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import { DRIFT_CLASSES } from '../drift/classes.ts'
import { RULES } from '../safety/rules.ts'
import { readPlanFile } from './plan-files/plan-file.ts'
import type { Trust } from './secrets/secrets.ts'

const rules: ReadonlySet<string> = new Set(RULES.map(({ name }) => name))

/** The names that `allow` and `ignore` may use. */
export const KNOWN_NAMES = { rules, classes: new Set(Object.keys(DRIFT_CLASSES)) } as const

/**
 * The desired state of files and directories, merged. `untrusted`: only files in the folder of each
 * file are read. Throws an InputError with every problem found, each with file, line and column.
 */
export function loadDesiredFiles(
  paths: readonly string[],
  trust: Trust = 'trusted',
): Promise<DesiredState> {
  return loadDesiredState(paths, {
    staysInFolder: trust === 'untrusted',
    ...KNOWN_NAMES,
  })
}

export interface SavedPlan {
  readonly file: Plan
  /** The desired state in the file, without the values of `env`: no plan holds them. */
  readonly desired: DesiredState
}

/**
 * Reads a plan file for `makePlanFromFile`. Throws a LockstepError if it is not a plan of this
 * format, if it was edited, or if its desired state has problems.
 */
export async function readSavedPlan(path: string): Promise<SavedPlan> {
  const file = await readPlanFile(path)
  return { file, desired: await readDesiredOfPlan(path, file.desired, { rules }) }
}
