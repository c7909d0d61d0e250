/**
 * Selects from a plan what a reviewer needs for a decision. The Markdown and HTML views draw it.
 */
import { blockingFindings } from '../documents/blocking.ts'
import type { DesiredStateDocument } from '../documents/desired-state.generated.ts'
import type { Finding, Plan, Step } from '../documents/plan.generated.ts'
import { groupBy } from '../domain/group-by.ts'
import { versionLabel } from '../domain/names.ts'
import { shellWords } from '../domain/shell-words.ts'
import { type FindingTree, nestFindings } from './finding-tree.ts'

/** A plan, and what its document does not say. */
export interface ReviewedPlan {
  readonly plan: Plan
  /** True if its content does not match its id. */
  readonly isEdited: boolean
  /** The command that applies the plan, without `--expect`. */
  readonly apply: string
  /** The command that shows the whole plan. */
  readonly seeAll: string
  /** RFC 3339. Absent: the plan is not saved, so it cannot expire. */
  readonly expiresAt?: string
}

/** What `apply` does with the plan; all but `applies` are why it does nothing. */
export type ApplyAnswer = 'edited' | 'blocked' | 'nothing-to-do' | 'expired' | 'applies'

/** `now`: RFC 3339. */
export function answerOfApply(
  { plan, isEdited, expiresAt }: ReviewedPlan,
  now: string,
): ApplyAnswer {
  if (isEdited) return 'edited'
  if (blockingFindings(plan.findings).length > 0) return 'blocked'
  if (plan.steps.length === 0) return 'nothing-to-do'
  const isExpired = expiresAt !== undefined && Date.parse(expiresAt) < Date.parse(now)
  return isExpired ? 'expired' : 'applies'
}

/** Each why as a sentence; names in backquotes. */
export const WHY_NOT_APPLIED: Readonly<Record<Exclude<ApplyAnswer, 'applies'>, string>> = {
  edited: '`lockstep apply` refuses this plan: it was edited.',
  blocked: '`lockstep apply` refuses this plan until nothing blocks it.',
  'nothing-to-do': 'There is nothing to apply.',
  expired: '`lockstep apply` refuses this plan: it has expired. Plan again.',
}

export interface SortedFindings {
  /** Trees with an error that no allowance accepts. */
  readonly blocking: readonly FindingTree[]
  /** Other trees with a warning. */
  readonly warnings: readonly FindingTree[]
  readonly notes: readonly FindingTree[]
}

/** The findings that are not allowed, each once, with the findings that follow from it. */
export function sortFindings(findings: readonly Finding[]): SortedFindings {
  const blocking = new Set(blockingFindings(findings))
  const trees = nestFindings(findings.filter(({ allowed }) => allowed === undefined))
  const has = (tree: FindingTree, is: (finding: Finding) => boolean): boolean =>
    is(tree.finding) || tree.following.some((effect) => has(effect, is))
  const isBlocking = (tree: FindingTree): boolean => has(tree, (finding) => blocking.has(finding))
  const isWarning = (tree: FindingTree): boolean =>
    !isBlocking(tree) && has(tree, ({ severity }) => severity === 'warning')
  return {
    blocking: trees.filter(isBlocking),
    warnings: trees.filter(isWarning),
    notes: trees.filter((tree) => !isBlocking(tree) && !isWarning(tree)),
  }
}

/** Who accepts a finding, why, and until which day. */
export interface Acceptance {
  readonly because: string
  readonly by?: string | undefined
  /** YYYY-MM-DD. */
  readonly until?: string | undefined
}

export type Allowance = NonNullable<DesiredStateDocument['allow']>[number]

export interface Waivers {
  readonly used: readonly { readonly finding: Finding; readonly acceptance: Acceptance }[]
  /** Allowances of the file that match no finding. */
  readonly unused: readonly Allowance[]
}

/** Accepted findings and unused allowances: the person who approves the plan approves both. */
export function findWaivers({ findings, desired }: Plan): Waivers {
  const allowances = desired.allow ?? []
  return {
    used: findings.flatMap((finding) => {
      const { allowed, rule, subject } = finding
      if (allowed === undefined) return []
      const allowance = allowances.find((entry) => entry.rule === rule && entry.subject === subject)
      const acceptance = { because: allowed, by: allowance?.by, until: allowance?.until }
      return { finding, acceptance }
    }),
    unused: allowances.filter(
      ({ rule, subject }) =>
        !findings.some(
          (finding) =>
            finding.allowed !== undefined && finding.rule === rule && finding.subject === subject,
        ),
    ),
  }
}

/** What a plan runs on the machine that applies it, and takes from that machine. */
export type MachineUse =
  | { readonly kind: 'binary_check'; readonly command: string; readonly files: number }
  | { readonly kind: 'verify'; readonly command: string; readonly mounts: readonly string[] }
  /** A plugin gets a variable of the machine. */
  | {
      readonly kind: 'variable'
      readonly plugin: string
      readonly from: string
      readonly to: string
    }

/** The uses of the machine; each command once, quoted for a shell. */
export function findMachineUses({ steps, cluster }: Plan): MachineUse[] {
  const check = cluster.binary_check
  const runs = steps
    .flatMap(({ verify = [] }) => verify)
    .flatMap((check) =>
      check.kind === 'run' ? [{ ...check, command: shellWords(check.command) }] : [],
    )
  return [
    ...(check === undefined
      ? []
      : [
          {
            kind: 'binary_check' as const,
            command: shellWords(check.command),
            files: check.files.length,
          },
        ]),
    ...[...groupBy(runs, ({ command }) => command)].map(([command, uses]) => ({
      kind: 'verify' as const,
      command,
      mounts: [...new Set(uses.map(({ mount }) => mount))],
    })),
    ...steps.flatMap(({ action }) =>
      action.kind !== 'register'
        ? []
        : action.env.flatMap(({ name: to, from }) =>
            from === undefined
              ? []
              : {
                  kind: 'variable' as const,
                  plugin: `${action.plugin} ${versionLabel(action.version)}`,
                  from,
                  to,
                },
          ),
    ),
  ]
}

/** Mounts that are reloaded or checked together, node by node. */
export interface RolloutStage {
  readonly isCanary: boolean
  readonly does: 'reload' | 'check'
  readonly mounts: readonly string[]
  /** In order. */
  readonly nodes: readonly { readonly address: string; readonly role: NodeRole }[]
}

export type NodeRole = Plan['cluster']['nodes'][number]['role']

/** The stages, in the order of the steps. */
export function findRollout({ steps, cluster }: Plan): RolloutStage[] {
  const onNodes = steps.flatMap((step) => (isOnNode(step) ? [step] : []))
  return [...groupBy(onNodes, ({ group, canary }) => JSON.stringify([group, canary])).values()].map(
    (group) => ({
      isCanary: group.some(({ canary }) => canary === true),
      does: group.some(({ action }) => action.kind === 'reload') ? 'reload' : 'check',
      mounts: [...new Set(group.flatMap(({ action }) => action.mounts))],
      nodes: [...new Set(group.map(({ action }) => action.node))].map((address) => ({
        address,
        role: cluster.nodes.find((node) => node.address === address)?.role ?? 'unknown',
      })),
    }),
  )
}

type OnNode = Step & { readonly action: Extract<Step['action'], { readonly mounts: unknown }> }

function isOnNode(step: Step): step is OnNode {
  return step.action.kind === 'reload' || step.action.kind === 'check'
}

/** The names, unless the message of the finding already has each of them. */
export function namesBesideMessage(
  names: readonly string[],
  { message, subject }: Finding,
): readonly string[] {
  return names.every((name) => message.includes(name) || name === subject) ? [] : names
}
