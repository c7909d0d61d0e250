/**
 * Writes and reads plan files. A file is accepted only if it has the known format, matches the
 * schema, and its plan id matches its content.
 */
import type { Plan } from '../../documents/plan.generated.ts'
import { findPlanProblem } from '../../documents/validator.ts'
import { describeDuration } from '../../domain/duration.ts'
import { EXIT, LockstepError, errorName } from '../../domain/errors.ts'
import { formatPlan } from '../../plan/format-plan.ts'
import { comparisonId, planId } from '../../plan/make-plan.ts'
import { readTextFile, UnfitFile } from '../../server/read-file.ts'
import { writeOutputFile } from '../output-file.ts'
import { findDuplicateKey } from './duplicate-keys.ts'
import { findInvalidName } from './plan-names.ts'

const FORMAT = 2

/** In MiB. A plan for ten thousand mounts is far smaller. */
const LARGEST_PLAN = 256

/** `createdAt` is written into the file and is not part of the plan's id. */
export function writePlanFile(path: string, plan: Plan, createdAt: Date): Promise<void> {
  const text = formatPlan({ ...plan, created_at: createdAt.toISOString() })
  return writeOutputFile(path, text, { what: 'the plan', option: '--out' })
}

/**
 * Reads a plan. Throws a LockstepError unless it is a complete, unchanged plan of a known format.
 */
export async function readPlanFile(path: string): Promise<Plan> {
  const plan = await readPlanToShow(path)
  if (isUnchanged(plan)) return plan
  throw notAPlan(
    path,
    'its content does not fit its plan_id: the file was changed after it was made',
    'A plan is not edited: change the file of desired state and plan again.',
  )
}

/** True if the plan id matches the content of the plan, and the comparison, if any, its own id. */
export function isUnchanged(plan: Plan): boolean {
  if (planId(plan) !== plan.plan_id) return false
  if (plan.against === undefined) return true
  const { id, ...comparison } = plan.against
  return comparisonId(plan.plan_id, comparison) === id
}

/** Reads a plan to show it, edited or not. Throws a LockstepError if it is not a plan. */
export async function readPlanToShow(path: string): Promise<Plan> {
  const document = parse(path, await readText(path))
  if (typeof document !== 'object' || document === null || !('format' in document)) {
    throw notAPlan(path, 'it has no format', 'Make one with lockstep plan --out.')
  }
  if (document.format !== FORMAT) {
    throw notAPlan(
      path,
      `its format is ${JSON.stringify(document.format)}; this program knows ${FORMAT}`,
      document.format === 1
        ? 'An older version of lockstep wrote it, without the desired state that apply needs. Plan again: lockstep plan --out FILE'
        : 'Use the version of lockstep that wrote it, or plan again.',
    )
  }
  const problem = findPlanProblem(document) ?? findInvalidName(document as Plan)
  if (problem !== undefined) throw notAPlan(path, problem, 'Plan again.')
  return document as Plan
}

async function readText(path: string): Promise<string> {
  try {
    return await readTextFile(path, LARGEST_PLAN)
  } catch (cause) {
    if (cause instanceof UnfitFile) {
      throw new LockstepError({
        code: 'unreadable-file',
        message: `${path}, given as a plan, ${cause.message}`,
        hint: 'Give the file that lockstep plan --out wrote.',
        cause,
      })
    }
    const why = errorName(cause)
    throw new LockstepError({
      code: 'unreadable-file',
      message:
        why === 'EISDIR' ? `${path} is a folder, not a plan` : `${path} cannot be read (${why})`,
      ...(why === 'EISDIR' && { hint: desiredStateHint(path) }),
      cause,
    })
  }
}

/** No plan is nested this deep. The validators recurse for each level. */
const DEEPEST = 40

function parse(path: string, text: string): unknown {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    throw notAPlan(path, 'it is not JSON', desiredStateHint(path), cause)
  }
  const duplicate = findDuplicateKey(text)
  if (duplicate !== undefined) {
    throw notAPlan(
      path,
      `it has the key ${JSON.stringify(duplicate)} twice in one object`,
      'Plan again.',
    )
  }
  if (isDeeperThan(document, DEEPEST)) {
    throw notAPlan(path, `it is nested more than ${DEEPEST} levels deep`, 'Plan again.')
  }
  return document
}

/** Goes level by level, without recursion. */
function isDeeperThan(document: unknown, levels: number): boolean {
  let level = [document]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
  return false
}

function desiredStateHint(path: string): string {
  return `A plan is made with lockstep plan --out. A file of desired state is given with -f ${path}.`
}

function notAPlan(path: string, why: string, hint: string, cause?: unknown): LockstepError {
  return new LockstepError({
    code: 'not-a-plan',
    message: `${path} is no plan that can be used: ${why}`,
    hint,
    cause,
  })
}

/** Throws a LockstepError (exit 4) unless the plan has the approved id. */
export function checkPlanId(plan: Plan, expected: string): void {
  if (plan.plan_id === expected) return
  throw new LockstepError({
    code: 'other-plan',
    message: `this is plan ${plan.plan_id}, not the expected ${expected}`,
    exitCode: EXIT.stale,
    hint: 'Have this plan approved, or apply the one that was.',
  })
}

/** Seconds by which the clock of the machine that made a plan may be ahead. */
const CLOCK_SKEW = 300

/**
 * `maxAge` is in seconds. Throws a LockstepError (exit 4) if the plan is older, if its date is more
 * than five minutes in the future (clocks differ), or if it has no date.
 */
export function checkPlanAge(plan: Plan, maxAge: number, now: Date): void {
  const refuse = (problem: string, hint: string): never => {
    throw new LockstepError({
      code: 'plan-too-old',
      exitCode: EXIT.stale,
      hint,
      message: `the plan ${problem}; the limit is ${describeDuration(maxAge)}`,
    })
  }
  const { created_at: createdAt } = plan
  if (createdAt === undefined) return refuse('does not say when it was made', 'Plan again.')
  const age = (now.getTime() - Date.parse(createdAt)) / 1000
  if (Number.isNaN(age)) return refuse('has no readable date in created_at', 'Plan again.')
  if (age < -CLOCK_SKEW) {
    return refuse(
      `says that it was made on ${createdAt}, which is in the future`,
      'Check the clock of this machine, then plan again.',
    )
  }
  if (age > maxAge) refuse(`is ${describeDuration(age)} old`, 'Plan again, or raise --max-age.')
}
