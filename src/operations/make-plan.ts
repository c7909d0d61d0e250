/**
 * Desired and live state to a plan that was judged by every rule and rehearsed: the one way to a
 * plan that can be carried out. Knows no terminal and writes nothing.
 */
import { readPast } from '../journal/past-runs.ts'
import type { Plan } from '../documents/plan.generated.ts'
import type { DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { compareText } from '../domain/names.ts'
import { readOwnCapabilities } from '../live/capabilities.ts'
import { draftPlan, finishPlan, type FreshPlan } from '../plan/make-plan.ts'
import { findDesiredEnd } from '../plan/desired-end.ts'
import { NOTHING_REQUESTED, type Requested } from '../plan/past.ts'
import { requiredCapabilities } from '../safety/capabilities.ts'
import { judge } from '../safety/judge.ts'
import { type NeededFile, neededFiles } from '../safety/needed-files.ts'
import type { BinaryReport, RuleInput } from '../safety/rule.ts'
import type { Client } from '../server/client.ts'
import { rehearse } from '../twin/rehearsal/rehearse.ts'

/** A file of desired state's own check of the nodes' disks, to be run for each node and file. */
export interface DiskCheck {
  /** With `{host}`, `{address}` and `{command}` still to fill in. */
  readonly command: readonly string[]
  readonly nodes: LiveState['nodes']
  readonly files: readonly NeededFile[]
}

export type CheckDisks = (check: DiskCheck) => Promise<readonly BinaryReport[]>

export interface PlanInput {
  /** With everything that is accepted in `allow`, on the command line too. */
  readonly desired: DesiredState
  readonly live: LiveState
  readonly client: Client
  /** Where the cluster's journals are kept. */
  readonly folder: string
  readonly now: () => Date
  /** Runs the desired state's `binary_check`. Absent where others wrote it: no command is run. */
  readonly checkDisks?: CheckDisks
  /** Of a saved plan: what only a record shows to be done. */
  readonly requested?: Requested
}

/** Plans, runs the desired state's `binary_check`, and judges. */
export async function makePlan(input: PlanInput): Promise<FreshPlan> {
  const { draft, check } = draftOf(input)
  // The rehearsal runs while the answers are under way.
  const [{ finish }, reports] = await Promise.all([
    prepareJudgement(input, draft),
    check && input.checkDisks?.(check),
  ])
  return finish(reports)
}

/** A plan before the commands of its desired state were run: what a person is shown and asked about. */
export interface UncheckedPlan {
  /** Judged as if `binary_check` had found every file right. */
  readonly plan: FreshPlan
  /** Runs `binary_check` and judges again. Absent where there is nothing to check. */
  readonly check?: () => Promise<FreshPlan>
}

/** Plans and judges, and runs no command: for a desired state that nobody has approved so far. */
export async function makeUncheckedPlan(input: PlanInput): Promise<UncheckedPlan> {
  const { draft, check } = draftOf(input)
  const { checkDisks } = input
  const { finish } = await prepareJudgement(input, draft)
  if (check === undefined || checkDisks === undefined) return { plan: finish(undefined) }
  const assumed = check.nodes.flatMap(({ address }) =>
    check.files.map(({ command, sha256: expected, for: use }): BinaryReport => ({
      ...{ node: address, command, expected, for: use, result: 'same' },
    })),
  )
  return {
    plan: finish(assumed),
    ...(check.files.length > 0 && {
      check: async () => finish(await checkDisks(check)),
    }),
  }
}

type Draft = ReturnType<typeof draftPlan>

function draftOf({ desired, live, folder, requested = NOTHING_REQUESTED }: PlanInput): {
  readonly draft: Draft
  readonly check: DiskCheck | undefined
} {
  const draft = draftPlan(desired, live, { ...readPast(folder, live.cluster.id), requested })
  const command = desired.cluster.binaryCheck?.command
  const check =
    command === undefined ? undefined : { command, nodes: live.nodes, files: neededFiles(draft) }
  return { draft, check }
}

interface Judging {
  /** `binaries`: what `binary_check` found; undefined where there is none. */
  readonly finish: (binaries: readonly BinaryReport[] | undefined) => FreshPlan
}

async function prepareJudgement(input: PlanInput, draft: Draft): Promise<Judging> {
  const { desired, live, now } = input
  const asked = readGranted(draft.steps, input)
  const rehearsal = rehearse({ live, steps: draft.steps, wanted: findDesiredEnd(draft, live) })
  const capabilities = await asked
  const command = desired.cluster.binaryCheck?.command
  const binaryCheck = command && plannedCheck(command, neededFiles(draft))
  return {
    finish: (binaries) => {
      const findings = judge(
        {
          ...{ desired, live, draft, rehearsal },
          runsCommands: input.checkDisks !== undefined,
          today: now().toISOString().slice(0, 10),
          ...(capabilities !== undefined && { capabilities }),
          ...(binaries !== undefined && { binaries }),
        },
        desired.allow,
      )
      return finishPlan(draft, desired, live, {
        ...{ findings, rehearsal },
        ...(binaryCheck !== undefined && { binaryCheck }),
      })
    },
  }
}

async function readGranted(
  steps: Plan['steps'] | readonly Plan['steps'][number][],
  { desired, live, client }: PlanInput,
): Promise<RuleInput['capabilities']> {
  const active = live.nodes.find(({ role }) => role === 'active')
  const required = requiredCapabilities(steps, desired.cluster.lock?.kv)
  if (active === undefined || required.length === 0) return undefined
  const paths = required.map(({ path }) => path)
  return readOwnCapabilities(client, active.address, paths)
}

/** What a plan says of the check; undefined where it starts no file. */
function plannedCheck(
  command: readonly string[],
  needed: readonly NeededFile[],
): Plan['cluster']['binary_check'] {
  const files = needed
    .filter((file) => file.for === 'run')
    .map(({ command, sha256 }) => ({ command, sha256 }))
    .sort((a, b) => compareText(a.command, b.command))
  return files.length === 0 ? undefined : { command: [...command], files }
}
