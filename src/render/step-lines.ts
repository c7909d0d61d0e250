/**
 * Groups the steps of a plan as people think of them: which mounts, then on which nodes in order.
 * Steps with the same change of several mounts, or of the same mounts on several nodes, are one
 * line.
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
  /** `4`, or `4–6` for several steps. */
  readonly number: string
  /** What is done, in one line that is safe to show. */
  readonly what: string
  /** Absent if the steps have different reasons: each change shows its own. */
  readonly why?: string
  /** What a registration passes to the plugin, and the checks after the steps, each once. */
  readonly details: readonly string[]
  /** The steps that the line shows, at least one. */
  readonly steps: readonly [Step, ...Step[]]
}

type Steps = Pick<Plan, 'steps' | 'cluster'>

/** `detail`: a line for each step, with every mount. */
export function stepLines(plan: Steps, { detail }: { readonly detail: boolean }): StepLine[] {
  const numbered = plan.steps.map((step, at) => ({ step, number: at + 1 }))
  return gather(numbered, detail).map((sequence) => drawSequence(sequence, plan, detail))
}

interface Numbered {
  readonly step: Step
  readonly number: number
}

/** Consecutive steps that are shown on one line. */
type StepSequence = readonly [Numbered, ...Numbered[]]

function gather(steps: readonly Numbered[], detail: boolean): StepSequence[] {
  const sequences: [Numbered, ...Numbered[]][] = []
  for (const numbered of steps) {
    const sequence = sequences.at(-1)
    if (sequence !== undefined && !detail && areAlike(sequence[0].step, numbered.step))
      sequence.push(numbered)
    else sequences.push([numbered])
  }
  return sequences
}

function areAlike(a: Step, b: Step): boolean {
  if (a.canary !== b.canary) return false
  if (a.action.kind === 'tune' && b.action.kind === 'tune') {
    return a.action.version === b.action.version
  }
  if (!isOnNode(a.action) || !isOnNode(b.action) || a.action.kind !== b.action.kind) return false
  return a.action.mounts.join(' ') === b.action.mounts.join(' ')
}

/** Such steps of the same mounts go from node to node. */
function isOnNode(action: Step['action']): action is ReloadAction | CheckAction {
  return action.kind === 'reload' || action.kind === 'check'
}

function drawSequence(sequence: StepSequence, plan: Steps, detail: boolean): StepLine {
  const [first] = sequence
  const last = sequence.at(-1) ?? first
  const reasons = new Set(sequence.map(({ step }) => step.why))
  const details = sequence.flatMap(({ step }) => detailsOf(step))
  const what = describeSequence(sequence, plan, detail)
  return {
    number: first === last ? `${first.number}` : `${first.number}–${last.number}`,
    what: first.step.canary === true ? `canary: ${what}` : what,
    ...(reasons.size === 1 && { why: printable(first.step.why) }),
    details: [...new Set(details)],
    steps: [first.step, ...sequence.slice(1).map(({ step }) => step)],
  }
}

function describeSequence(sequence: StepSequence, { cluster }: Steps, detail: boolean): string {
  const { action } = sequence[0].step
  const actions = sequence.map(({ step }) => step.action)
  if (sequence.length > 1 && action.kind === 'tune') {
    const mounts = actions.flatMap((tune) => (tune.kind === 'tune' ? tune.mount : []))
    return `tune ${nameMounts(mounts)} to ${printable(versionLabel(action.version))}`
  }
  if (sequence.length > 1 && isOnNode(action)) {
    const names = nameNodes(cluster.nodes)
    const nodes = actions.flatMap((onNode) => {
      if (!isOnNode(onNode)) return []
      const role = cluster.nodes.find(({ address }) => address === onNode.node)?.role
      const name = printable(names.of(onNode.node))
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

/** Arguments and variables: the person who approves the registration approves these, too. */
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
