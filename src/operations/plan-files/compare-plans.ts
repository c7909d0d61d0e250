/**
 * Compares a plan file with the plan that was made from it now. Only the plan made now is carried
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
      /** The number of steps of the file that need no request any more. */
      readonly alreadyDone: number
    }
  | {
      readonly kind: 'differs'
      /** Steps of the plan made now that the file does not have. */
      readonly notInFile: readonly Step[]
      /** Steps of the file that are neither done nor in the plan made now. */
      readonly onlyInFile: readonly Step[]
      /** The commands, the lock and the journal that the file shows, if its desired state has others. */
      readonly settings: readonly SettingDifference[]
    }

export interface SettingDifference {
  readonly name: 'lock' | 'journal' | 'binary_check'
  /** As JSON; undefined if there is none. */
  readonly file: string | undefined
  readonly now: string | undefined
}

/**
 * Two plans agree if their steps send the same requests and have the same checks after them. The
 * active node, the order of nodes, findings, reasons and rollback requests do not matter. A reload
 * may name fewer mounts than in the file: those that are not done yet.
 */
export function comparePlans(
  file: Plan,
  fresh: FreshPlan,
  { desired, live }: { readonly desired: DesiredState; readonly live: LiveState },
): PlanComparison {
  // If only the active node runs plugins (Vault), a reload is for whichever node is active now.
  const matcher = { anyNode: onlyActiveRuns(fresh.cluster) }
  const inFile = indexSteps(file.steps, matcher)
  const now = indexSteps(fresh.steps, matcher)
  const notInFile = fresh.steps.filter(
    (step) => !inFile.covering(step).some((fileStep) => sameChecks(fileStep, step)),
  )
  const left = file.steps.filter((fileStep) => !now.coveredBy(fileStep))
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
  /** The steps that do everything that `step` does, or more. */
  readonly covering: (step: Step) => readonly Step[]
  /** True if a step does a part of what `fileStep` does: the rest of it is done. */
  readonly coveredBy: (fileStep: Step) => boolean
}

/** Indexes steps by their action: plans have thousands of steps. */
function indexSteps(steps: readonly Step[], { anyNode }: { readonly anyNode: boolean }): StepIndex {
  const keyOf = (action: Step['action']): string =>
    hasMounts(action)
      ? canonicalText([action.kind, action.namespace, anyNode ? '' : action.node])
      : canonicalText(action)
  const byKey = groupBy(steps, ({ action }) => keyOf(action))
  const sameTarget = (action: Step['action']): readonly Step[] => byKey.get(keyOf(action)) ?? []
  return {
    covering: ({ action }) =>
      // A reload of the file can be only a check now, because it was done already.
      withKind('reload', action)
        .flatMap(sameTarget)
        .filter((fileStep) => namesMountsOf(fileStep.action, action)),
    coveredBy: ({ action }) =>
      withKind('check', action)
        .flatMap(sameTarget)
        .some((step) => namesMountsOf(action, step.action)),
  }
}

/** The action. If it names mounts, also the same action with the other kind. */
function withKind(kind: 'reload' | 'check', action: Step['action']): readonly Step['action'][] {
  return hasMounts(action) && action.kind !== kind ? [action, { ...action, kind }] : [action]
}

function hasMounts(
  action: Step['action'],
): action is Step['action'] & { kind: 'reload' | 'check' } {
  return action.kind === 'reload' || action.kind === 'check'
}

function namesMountsOf(fileStep: Step['action'], action: Step['action']): boolean {
  if (!hasMounts(fileStep) || !hasMounts(action)) return true
  const mounts = new Set(fileStep.mounts)
  return action.mounts.every((mount) => mounts.has(mount))
}

/**
 * True if both steps have the same checks. Checks of mounts that `step` does not name are ignored.
 */
function sameChecks(fileStep: Step, { action, verify = [] }: Step): boolean {
  const mounts = hasMounts(action) ? new Set<string>(action.mounts) : undefined
  const relevant = (fileStep.verify ?? []).filter(
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
 * True if the cluster is as it is after this request. For a reload or a check of a managed mount it
 * is enough that the plan made now has no such step.
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

/**
 * These settings act when the plan is applied: the lock and the journal are written, and a check runs
 * a command on this machine. So all of them must be what the file shows.
 */
function findSettings(
  file: Plan,
  fresh: FreshPlan,
  { cluster }: DesiredState,
): SettingDifference[] {
  const fileCheck = file.cluster.binary_check?.command
  // A plan that starts no file has no check, whatever its desired state says.
  const check = fileCheck ?? fresh.cluster.binary_check?.command
  const pairs = [
    { name: 'lock' as const, file: file.cluster.lock, now: fresh.cluster.lock },
    { name: 'journal' as const, file: file.cluster.journal, now: fresh.cluster.journal },
    {
      name: 'binary_check' as const,
      file: fileCheck,
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

/** Canonical: another program may have written the file with its keys in another order. */
function canonicalText(value: unknown): string {
  return canonicalize(value) ?? ''
}
