/**
 * A plan's steps as people think of them: which mounts, then which nodes in order. Steps that do
 * the same to one mount after the other, or on one node after the other, are one line.
 */
import type {
  CheckAction,
  Plan,
  RegisterAction,
  ReloadAction,
  Step,
  StepVerification,
} from '../documents/plan.generated.ts'
import { count } from '../domain/count.ts'
import { maskArguments } from '../domain/secret-arguments.ts'
import { shellWords } from '../domain/shell-words.ts'
import { versionLabel } from '../domain/names.ts'
import { describeAction } from './action-text.ts'
import { nameNodes } from './node-names.ts'
import { listSome, printable } from './wording.ts'

export interface StepLine {
  /** `4`, or `4–6` of several steps. */
  readonly number: string
  /** What is done, in one line fit to be shown. */
  readonly what: string
  /** Absent where the steps have several reasons: each change says its own. */
  readonly why?: string
  /** What a registration gives the plugin, and what is checked after each of the steps, once. */
  readonly details: readonly string[]
}

type Steps = Pick<Plan, 'steps' | 'cluster'>

/** `detail`: each step has a line of its own, with every mount. */
export function stepLines(plan: Steps, { detail }: { readonly detail: boolean }): StepLine[] {
  const numbered = plan.steps.map((step, at) => ({ step, number: at + 1 }))
  return gather(numbered, detail).map((run) => drawRun(run, plan, detail))
}

interface Numbered {
  readonly step: Step
  readonly number: number
}

/** Steps that follow each other and are told together. */
type Run = readonly [Numbered, ...Numbered[]]

function gather(steps: readonly Numbered[], detail: boolean): Run[] {
  const runs: [Numbered, ...Numbered[]][] = []
  for (const one of steps) {
    const run = runs.at(-1)
    if (run !== undefined && !detail && areAlike(run[0].step, one.step)) run.push(one)
    else runs.push([one])
  }
  return runs
}

function areAlike(a: Step, b: Step): boolean {
  if (a.canary !== b.canary) return false
  if (a.action.kind === 'tune' && b.action.kind === 'tune') {
    return a.action.version === b.action.version
  }
  if (!isOnNode(a.action) || !isOnNode(b.action) || a.action.kind !== b.action.kind) return false
  return a.action.mounts.join(' ') === b.action.mounts.join(' ')
}

/** Of the same mounts, such steps follow each other node after node. */
function isOnNode(action: Step['action']): action is ReloadAction | CheckAction {
  return action.kind === 'reload' || action.kind === 'check'
}

function drawRun(run: Run, plan: Steps, detail: boolean): StepLine {
  const [first] = run
  const last = run.at(-1) ?? first
  const reasons = new Set(run.map(({ step }) => step.why))
  const details = run.flatMap(({ step }) => detailsOf(step))
  const what = describeRun(run, plan, detail)
  return {
    number: first === last ? `${first.number}` : `${first.number}–${last.number}`,
    what: first.step.canary === true ? `canary: ${what}` : what,
    ...(reasons.size === 1 && { why: printable(first.step.why) }),
    details: [...new Set(details)],
  }
}

function describeRun(run: Run, { cluster }: Steps, detail: boolean): string {
  const { action } = run[0].step
  const actions = run.map(({ step }) => step.action)
  if (run.length > 1 && action.kind === 'tune') {
    const mounts = actions.flatMap((one) => (one.kind === 'tune' ? one.mount : []))
    return `tune ${nameMounts(mounts)} to ${printable(versionLabel(action.version))}`
  }
  if (run.length > 1 && isOnNode(action)) {
    const names = nameNodes(cluster.nodes)
    const nodes = actions.flatMap((one) => {
      if (!isOnNode(one)) return []
      const role = cluster.nodes.find(({ address }) => address === one.node)?.role
      const name = printable(names.of(one.node))
      return role === undefined || role === 'unknown' ? name : `${name} (${role})`
    })
    return `${action.kind} ${nameMounts(action.mounts)} on ${nodes.join(', then ')}`
  }
  return describeAction(action, { nodes: cluster.nodes, detail })
}

/** `a/, b/`, or `60 mounts: a/, b/, c/ and 57 more`. */
function nameMounts(mounts: readonly string[]): string {
  const names = listSome(mounts, { all: false })
  return mounts.length > 4 ? `${count(mounts.length, 'mount')}: ${names}` : names
}

function detailsOf({ action, verify = [] }: Step): string[] {
  return [
    ...(action.kind === 'register' ? describeRegistration(action) : []),
    ...verify.map((check) => `verify ${describeVerification(check)}`),
  ].map(printable)
}

/** Who approves a registration approves these too. */
function describeRegistration({ entry, env }: RegisterAction): string[] {
  const variables = env.map(({ name, from }) =>
    from === undefined ? `${name} (from the file)` : `${name} (from ${from})`,
  )
  return [
    ...(entry.args.length > 0 ? [`args ${shellWords(maskArguments(entry.args))}`] : []),
    ...(variables.length > 0 ? [`env ${variables.join(', ')}`] : []),
  ]
}

function describeVerification(check: StepVerification): string {
  return check.kind === 'read'
    ? `${check.mount}: read ${check.path}`
    : `${check.mount}: run ${shellWords(check.command)}`
}
