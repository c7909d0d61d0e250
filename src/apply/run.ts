/**
 * Applies a plan: each step's facts are read, the request is journaled and sent, and what should
 * hold afterwards is read back. The first step that fails ends the run, after its group was put
 * back. Decides nothing that the plan does not say.
 */
import type { Fact, Plan, Step } from '../documents/plan.generated.ts'
import type { NodeAddress } from '../domain/names.ts'
import type { Client } from '../server/client.ts'
import { findActive } from './active-node.ts'
import type { Mismatch, RunOutcome } from '../domain/run-outcome.ts'
import { describeMismatch, findMismatches } from './facts.ts'
import { type EnvironmentOf, perform } from './perform.ts'
import type { Recorder } from './recorder.ts'
import { planUndo } from './undo.ts'

/** Further checks of a mount after its reload, beyond what every step ensures. */
export type VerifyReload = (step: Step) => Promise<string | undefined>

export interface RunOptions {
  readonly client: Client
  readonly recorder: Recorder
  readonly environmentOf: EnvironmentOf
  readonly verify: VerifyReload
  /** Seconds to wait after each reload before what it ensures is checked once more. */
  readonly soak: number
  /** True once the user asked to stop: the step under way is finished, no other begun. */
  readonly interrupted: () => boolean
}

/** How long what was written may take to be seen on a node, in milliseconds, and how often to look. */
const SEEN_WITHIN = 15_000
const LOOK_EVERY = 100

export async function runPlan(plan: Plan, options: RunOptions): Promise<RunOutcome> {
  const nodes = plan.cluster.nodes.map((node) => node.address)
  const run: Run = { ...options, nodes, registered: new Set() }
  const done: Step[] = []
  for (const [position, step] of plan.steps.entries()) {
    const remaining = plan.steps.slice(position).map(({ id }) => id)
    if (options.interrupted()) return { kind: 'interrupted', done: ids(done), remaining }
    const result = await runStep(run, step, position + 1, plan.steps.length)
    switch (result.kind) {
      case 'done':
        done.push(step)
        break
      case 'stale':
        return { ...result, step: step.id, done: ids(done), remaining }
      case 'failed': {
        const before = done.filter(({ group }) => group === step.group)
        const touched = result.sent ? [...before, step] : before
        const problems = await putBack(run, step, touched)
        const kept = done.filter(({ group }) => group !== step.group)
        return {
          kind: problems.length === 0 ? 'put_back' : 'not_put_back',
          step: step.id,
          reason: result.reason,
          problems,
          done: ids(kept),
          undone: ids(touched),
          remaining: result.sent ? remaining.slice(1) : remaining,
        }
      }
    }
  }
  return { kind: 'done', done: ids(done) }
}

function ids(steps: readonly Step[]): string[] {
  return steps.map(({ id }) => id)
}

interface Run extends RunOptions {
  readonly nodes: readonly NodeAddress[]
  /** Entries this run has written, as `plugin version`: what runs under them must be reloaded. */
  readonly registered: Set<string>
}

type StepResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'stale'; readonly mismatches: readonly Mismatch[] }
  /** `sent`: its request went out, so that it may have changed something. */
  | { readonly kind: 'failed'; readonly reason: string; readonly sent: boolean }

async function runStep(run: Run, step: Step, number: number, of: number): Promise<StepResult> {
  const { recorder } = run
  const active = await findActive(run.client, run.nodes, recorder.waiting)
  const reader = { client: run.client, active, nodes: run.nodes }
  if (!mustReload(run, step) && (await findMismatches(reader, step.ensures)).length === 0) {
    await recorder.stepDone(step, 'already')
    return { kind: 'done' }
  }
  // What another node was told a moment ago may still be on its way to this one.
  const stale = await untilTheyHold(run, reader, step.requires)
  if (stale.length > 0) {
    // The cluster is as planned and this one node cannot do it: that is no other's change.
    if (!stale.every(isOneNodesOwn)) return { kind: 'stale', mismatches: stale }
    const reason = stale.map(describeMismatch).join('; ')
    await recorder.stepFailed(step, reason)
    return { kind: 'failed', reason, sent: false }
  }
  await recorder.stepStarted(step, number, of)
  const performed = await perform(run.client, active, step.action, run.environmentOf)
  const { action } = step
  if (action.kind === 'register') run.registered.add(`${action.plugin} ${action.version}`)
  const reason = await whyItFailed(run, reader, step, performed)
  if (reason === undefined) {
    await recorder.stepDone(step, 'done')
    return { kind: 'done' }
  }
  await recorder.stepFailed(step, reason)
  return { kind: 'failed', reason, sent: true }
}

/** Arguments and environment of a running process cannot be read: after a registration, reload. */
function mustReload(run: Run, { action, requires }: Step): boolean {
  if (action.kind !== 'reload') return false
  return requires.some(
    (fact) => fact.fact === 'entry' && run.registered.has(`${fact.plugin} ${fact.version}`),
  )
}

type Reader = Parameters<typeof findMismatches>[0]

/** Undefined when the step did what it is to do, whatever the answer to it was. */
async function whyItFailed(
  run: Run,
  reader: Reader,
  step: Step,
  performed: Awaited<ReturnType<typeof perform>>,
): Promise<string | undefined> {
  if (performed.kind === 'refused') {
    const broken = await findMismatches(reader, step.ensures)
    return [performed.reason, ...broken.map(describeMismatch)].join('; ')
  }
  const broken = await untilTheyHold(run, reader, step.ensures)
  if (broken.length > 0) {
    const lost = performed.kind === 'unknown' ? [performed.reason] : []
    return [...lost, ...broken.map(describeMismatch)].join('; ')
  }
  const problem = await run.verify(step)
  if (problem !== undefined || run.soak === 0 || step.action.kind !== 'reload') return problem
  await run.recorder.waiting(`watching for ${run.soak} s before going on`)
  await run.client.wait(run.soak * 1000)
  const since = await findMismatches(reader, step.ensures)
  if (since.length > 0) return since.map(describeMismatch).join('; ')
  return run.verify(step)
}

/** Looks until all hold or the time is up; the mismatches of the last look. */
async function untilTheyHold(
  run: Run,
  reader: Reader,
  facts: readonly Fact[],
): Promise<Mismatch[]> {
  for (let waited = 0; ; waited += LOOK_EVERY) {
    const broken = await findMismatches(reader, facts)
    if (broken.length === 0 || waited >= SEEN_WITHIN || !broken.some(mayStillCome)) return broken
    await run.client.wait(LOOK_EVERY)
  }
}

/** What a node sees a moment later than the active one; anything else is already final. */
function mayStillCome(mismatch: Mismatch): boolean {
  const { field } = mismatch
  if (field === 'accessor' || field === 'plugin' || field === 'readable') return false
  return isOneNodesOwn(mismatch)
}

function isOneNodesOwn({ fact }: Mismatch): boolean {
  return 'node' in fact
}

/** Why what the steps touched is not back; empty when it is. */
async function putBack(
  run: Run,
  failed: Step,
  touched: readonly Step[],
): Promise<readonly string[]> {
  const { actions, restores, lost } = planUndo(touched)
  const active = await findActive(run.client, run.nodes, run.recorder.waiting)
  const reader = { client: run.client, active, nodes: run.nodes }
  // A refused request may have changed nothing: then there is nothing to take back.
  if (lost.length === 0 && (await findMismatches(reader, restores)).length === 0) return []
  const problems: string[] = []
  for (const action of actions) {
    if (action.kind === 'reload') {
      // Reloaded before it has heard of the older configuration, a node would load the newer.
      await untilTheyHold(
        run,
        reader,
        restores.filter((fact) => isConfigurationOf(fact, action)),
      )
    }
    await run.recorder.undoStarted(failed, action)
    const performed = await perform(run.client, active, action, run.environmentOf)
    if (performed.kind === 'accepted') await run.recorder.undoDone(failed)
    else {
      await run.recorder.undoFailed(failed, performed.reason)
      problems.push(performed.reason)
    }
  }
  const broken = await untilTheyHold(run, reader, restores)
  const unknown = lost.map((mount) => `${mount}: nothing says what it ran before`)
  if (broken.length === 0 && unknown.length === 0) return []
  return [...problems, ...broken.map(describeMismatch), ...unknown]
}

function isConfigurationOf(fact: Fact, { node }: { readonly node: NodeAddress }): boolean {
  return (fact.fact === 'mount' || fact.fact === 'entry') && 'node' in fact && fact.node === node
}
