/**
 * A plan file against the plan that was made from it now. Only the plan made now is ever carried
 * out; the file says what was approved. Pure.
 */
import canonicalize from 'canonicalize'
import { onlyActiveRuns } from '../../documents/standbys.ts'
import type { Plan, Step, StepVerification } from '../../documents/plan.generated.ts'
import type { DesiredState } from '../../domain/desired.ts'
import { unreachable } from '../../domain/errors.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { LiveState } from '../../domain/live.ts'
import { indexLive, type LiveIndex } from '../../domain/live-index.ts'
import type { FreshPlan } from '../../plan/make-plan.ts'
import { contentOf, sameEntry } from '../../plan/steps.ts'

export type PlanComparison =
  | {
      readonly kind: 'agrees'
      /** How many steps of the file have nothing left to do. */
      readonly alreadyDone: number
    }
  | {
      readonly kind: 'differs'
      /** Steps that would be carried out now, and that the file does not have. */
      readonly notInFile: readonly Step[]
      /** Steps of the file that are not done, and that nobody would plan now. */
      readonly onlyInFile: readonly Step[]
      /** What the file shows of its commands and lock, where its desired state has another. */
      readonly settings: readonly SettingDifference[]
    }

export interface SettingDifference {
  readonly name: 'lock' | 'binary_check'
  /** JSON; undefined for none. */
  readonly file: string | undefined
  readonly now: string | undefined
}

/**
 * What is written decides: steps of the same requests, with the same checks after them. Which node
 * leads, the order of nodes, findings, reasons and how a step is rolled back do not matter. A
 * reload may name fewer mounts than the file's, those that are left of it.
 */
export function comparePlans(
  file: Plan,
  fresh: FreshPlan,
  { desired, live }: { readonly desired: DesiredState; readonly live: LiveState },
): PlanComparison {
  // On a Vault a reload is meant for the active node, whichever that is by now.
  const matcher = { anyNode: onlyActiveRuns(fresh.cluster) }
  const inFile = indexSteps(file.steps, matcher)
  const now = indexSteps(fresh.steps, matcher)
  const notInFile = fresh.steps.filter(
    (step) => !inFile.covering(step).some((said) => sameChecks(said, step)),
  )
  const left = file.steps.filter((said) => !now.coveredBy(said))
  const index = indexLive(live)
  const managed = new Set<string>(desired.plugins.map(({ id }) => id))
  const onlyInFile = left.filter(({ action }) => !isInEffect(action, { live, index, managed }))
  const settings = findSettings(file, fresh, desired)
  if (notInFile.length + onlyInFile.length + settings.length > 0) {
    return { kind: 'differs', notInFile, onlyInFile, settings }
  }
  return { kind: 'agrees', alreadyDone: left.length }
}

interface StepIndex {
  /** Steps that write, or check, all that this one does. */
  readonly covering: (step: Step) => readonly Step[]
  /** True if a step writes, or checks, only what this one does: it is left of this one. */
  readonly coveredBy: (said: Step) => boolean
}

/** Plans have thousands of steps: each is looked up, not searched for. */
function indexSteps(steps: readonly Step[], { anyNode }: { readonly anyNode: boolean }): StepIndex {
  const keyOf = (action: Step['action']): string =>
    hasMounts(action)
      ? canonicalText([action.kind, action.namespace, anyNode ? '' : action.node])
      : canonicalText(action)
  const byKey = groupBy(steps, ({ action }) => keyOf(action))
  const alike = (action: Step['action']): readonly Step[] => byKey.get(keyOf(action)) ?? []
  return {
    covering: ({ action }) =>
      // What a reload has done already is only checked.
      as('reload', action)
        .flatMap(alike)
        .filter((said) => namesMountsOf(said.action, action)),
    coveredBy: ({ action }) =>
      as('check', action)
        .flatMap(alike)
        .some((step) => namesMountsOf(action, step.action)),
  }
}

/** The action itself, and as the other kind that names mounts. */
function as(kind: 'reload' | 'check', action: Step['action']): readonly Step['action'][] {
  return hasMounts(action) && action.kind !== kind ? [action, { ...action, kind }] : [action]
}

function hasMounts(
  action: Step['action'],
): action is Step['action'] & { kind: 'reload' | 'check' } {
  return action.kind === 'reload' || action.kind === 'check'
}

function namesMountsOf(said: Step['action'], action: Step['action']): boolean {
  if (!hasMounts(said) || !hasMounts(action)) return true
  const mounts = new Set(said.mounts)
  return action.mounts.every((mount) => mounts.has(mount))
}

/** The checks that the file has of the mounts of a step, those of mounts it no longer reloads aside. */
function sameChecks(said: Step, { action, verify = [] }: Step): boolean {
  const mounts = hasMounts(action) ? new Set<string>(action.mounts) : undefined
  const relevant = (said.verify ?? []).filter(
    ({ mount }: StepVerification) => mounts?.has(mount) ?? true,
  )
  return canonicalText(relevant) === canonicalText(verify)
}

interface Cluster {
  readonly live: LiveState
  readonly index: LiveIndex
  /** The plugins of the desired state. */
  readonly managed: ReadonlySet<string>
}

/**
 * Whether the cluster is as after this request. What a reload or a check of a managed mount was for
 * is known to be done where the plan made now has none.
 */
function isInEffect(action: Step['action'], { live, index, managed }: Cluster): boolean {
  switch (action.kind) {
    case 'register': {
      const entry = index.external(action.plugin, action.version)
      const content = contentOf(entry)
      if (entry === undefined) return false
      return content === undefined || sameEntry(content, action.entry)
    }
    case 'deregister':
      return index.external(action.plugin, action.version) === undefined
    case 'enable':
      return index.mountAt(action.mount)?.plugin === action.plugin
    case 'tune':
      return index.mountAt(action.mount)?.configured_version === action.version
    case 'repoint':
      return live.connections.some(
        ({ path, version }) => path === action.connection && version === action.version,
      )
    case 'reload':
    case 'check':
      return (
        live.nodes.some(({ address }) => address === action.node) &&
        action.mounts.every((mount) => managed.has(index.mountAt(mount)?.plugin ?? ''))
      )
    default:
      return unreachable(action)
  }
}

/** A lock is written, and a check runs a command here: both must be what the file shows. */
function findSettings(
  file: Plan,
  fresh: FreshPlan,
  { cluster }: DesiredState,
): SettingDifference[] {
  const shown = file.cluster.binary_check?.command
  // A plan that starts nothing has no check, whatever its desired state says.
  const check = shown ?? fresh.cluster.binary_check?.command
  const pairs = [
    { name: 'lock' as const, file: file.cluster.lock, now: fresh.cluster.lock },
    {
      name: 'binary_check' as const,
      file: shown,
      now: check === undefined ? undefined : cluster.binaryCheck?.command,
    },
  ]
  return pairs
    .map(({ name, file, now }) => ({ name, file: jsonOf(file), now: jsonOf(now) }))
    .filter(({ file, now }) => file !== now)
}

function jsonOf(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalText(value)
}

/** Another program may have written the file with its keys in another order. */
function canonicalText(value: unknown): string {
  return canonicalize(value) ?? ''
}
