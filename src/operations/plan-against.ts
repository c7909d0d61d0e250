/**
 * What the files of a branch change in a plan, beside what the cluster needs anyway. The files at a
 * git ref are planned on the same reading of the cluster. Nothing of them is run, and their plan is
 * neither judged nor shown: only its steps are compared.
 */
import { openGitFiles } from '../desired/files/git-files.ts'
import { loadDesiredState } from '../desired/load-desired-state.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { InputError, type Problem } from '../domain/errors.ts'
import type { LiveState } from '../domain/live.ts'
import { comparisonId } from '../plan/make-plan.ts'
import { splitSteps } from '../plan/split-steps.ts'
import type { Context } from './context.ts'
import { KNOWN_NAMES } from './load-desired.ts'
import { draftFrom } from './make-plan.ts'

export interface DesiredAtRef {
  /** As it was given: `origin/main`. */
  readonly ref: string
  readonly commit: string
  readonly desired: DesiredState
}

/** What files desire that are not there. */
const NOTHING: DesiredState = {
  cluster: {},
  plugins: [],
  mounts: [],
  connections: [],
  allow: [],
  ignore: [],
}

/**
 * The desired state of the same paths at a git ref, its checksum files too. A path that the ref does
 * not have adds nothing: the branch that adds a first file can be compared, too. Throws a
 * LockstepError if the ref cannot be read, and an InputError for the mistakes in its files.
 */
export async function loadDesiredAt(
  paths: readonly string[],
  ref: string,
  env: EnvironmentVariables,
): Promise<DesiredAtRef> {
  const { files, commit, has } = await openGitFiles(ref, env)
  const there: string[] = []
  for (const path of paths) if (await has(path)) there.push(path)
  if (there.length === 0) return { ref, commit, desired: NOTHING }
  try {
    return { ref, commit, desired: await loadDesiredState(there, { ...KNOWN_NAMES, files }) }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(error.problems.map((problem) => atRef(problem, ref)))
  }
}

/** A problem without a place is about a whole file. */
function atRef({ message, source, hint }: Problem, ref: string): Problem {
  if (source !== undefined) {
    return {
      message,
      source: { ...source, file: `${ref}:${source.file}` },
      ...(hint !== undefined && { hint }),
    }
  }
  return { message: `at ${ref}: ${message}`, ...(hint !== undefined && { hint }) }
}

/** The plan with the comparison. `live` is what the plan was made from. */
export async function addComparison(
  plan: Plan,
  { before, live }: { readonly before: DesiredAtRef; readonly live: LiveState },
  context: Context,
): Promise<Plan> {
  const { ref, commit, desired } = before
  const { draft } = await draftFrom({ desired, live }, context)
  const { onlyHere, inBoth, onlyThere } = splitSteps(plan.steps, draft.steps)
  const comparison = {
    ref,
    commit,
    only_here: onlyHere.map(({ id }) => id),
    in_both: inBoth.map(({ id }) => id),
    only_there: [...onlyThere],
  }
  return { ...plan, against: { id: comparisonId(plan.plan_id, comparison), ...comparison } }
}
