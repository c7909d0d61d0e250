/**
 * Makes the steps of mounts that change together: all tunes, then one reload request to each node.
 */
import type { LiveNode, LiveState } from '../domain/live.ts'
import { compareText, isBuiltinVersion, type PluginId, type Version } from '../domain/names.ts'
import { groupBy } from '../domain/group-by.ts'
import { reloadOrder } from '../domain/live-index.ts'
import { type Block, sequentialBlocks } from './order.ts'
import { checkStep, type CheckNeeds, findCheckReason } from './check.ts'
import type { CheckRecords } from './checked.ts'
import { findNeededReloads, type MountChange, reloadStep } from './reload.ts'
import type { SeenEntry, UnorderedStep } from './steps.ts'
import { retuneStep, tuneStep } from './tune.ts'

/** The inputs that all groups of a plugin share. */
export interface GroupContext {
  /** The records of the mounts' checks, from the journals. */
  readonly checks: CheckRecords
  /** The mounts that a saved plan checks, by `checkKey`. */
  readonly requested: ReadonlySet<string>
  readonly plugin: PluginId
  readonly live: LiveState
  /** The entry under each version when the reloads start. */
  readonly entries: ReadonlyMap<Version, SeenEntry>
}

/**
 * The steps of the canaries, then those of the other mounts. The canaries have a group of their
 * own, unless `canaryGroup` is `group`.
 */
export function groupSteps(
  changes: readonly MountChange[],
  group: string,
  canaryGroup: string,
  context: GroupContext,
): Block[] {
  const canaries = changes.filter(({ target }) => target.canary)
  const others = changes.filter(({ target }) => !target.canary)
  const otherBlocks = changeSteps(others, group, context, { isFollowed: false })
  const canaryBlocks = changeSteps(canaries, canaryGroup, context, {
    isFollowed: otherBlocks.some((block) => block.length > 0),
  })
  const markCanary = (step: UnorderedStep): UnorderedStep => ({
    ...(canaryGroup === group ? namedAfterCanary(step) : step),
    canary: true,
  })
  return [...canaryBlocks.map((block) => block.map(markCanary)), ...otherBlocks]
}

/**
 * If canaries and other mounts are one group, the ids of their reloads would be equal. So the
 * canary's ids name it.
 */
function namedAfterCanary(step: UnorderedStep): UnorderedStep {
  return { ...step, id: step.id.replace(/^(reload|check) /, '$1 canary of ') }
}

/**
 * Check steps for mounts that run their target and have no record that their checks passed; then
 * all tunes, in parallel; then one reload request for each node and namespace, one after another,
 * that names all mounts to reload there. The mounts of one plugin share a process, so two requests
 * to one node would disturb each other.
 */
function changeSteps(
  changes: readonly MountChange[],
  group: string,
  { plugin, live, entries, checks, requested }: GroupContext,
  { isFollowed }: { readonly isFollowed: boolean },
): Block[] {
  const tunes = changes
    .filter(({ tuned, behind }) => tuned || behind.length > 0)
    .map(({ target, tuned, behind, back }) => {
      const entry = isBuiltinVersion(target.version) ? undefined : entries.get(target.version)
      return tuned
        ? tuneStep(target, { entry, back, group, live })
        : retuneStep(target, entry, behind)
    })
  const nodes = reloadOrder(live)
  const reloads = nodes.flatMap((node) => {
    const needed = findNeededReloads(changes, node)
    const byNamespace = groupBy(needed, ({ change }) => change.target.mount.namespace)
    return [...byNamespace]
      .sort(([a], [b]) => compareText(a, b))
      .map(([namespace, alike]) => reloadStep(plugin, node, namespace, alike, group))
  })
  // Most mounts have no check: nothing else is computed for them.
  const checkable = changes.filter(({ target }) => target.canary || target.verify.length > 0)
  const checking =
    checkable.length === 0
      ? []
      : checkSteps(checkable, group, nodes, {
          checks,
          requested,
          isFollowed,
          isReloaded: isReloadedBy(reloads),
        })
  return [...sequentialBlocks(checking), tunes, ...sequentialBlocks(reloads)]
}

function isReloadedBy(reloads: readonly UnorderedStep[]): CheckNeeds['isReloaded'] {
  const reloaded = new Set(
    reloads.flatMap(({ action }) => (action.kind === 'reload' ? action.mounts : [])),
  )
  return ({ target }) => reloaded.has(target.mount.path)
}

function checkSteps(
  changes: readonly MountChange[],
  group: string,
  nodes: readonly LiveNode[],
  needs: CheckNeeds,
): UnorderedStep[] {
  return nodes.flatMap((node) => {
    const needing = changes.flatMap((change) => {
      const why = findCheckReason(change, node, needs)
      return why === undefined ? [] : { change, why }
    })
    const byNamespace = groupBy(needing, ({ change }) => change.target.mount.namespace)
    return [...byNamespace]
      .sort(([a], [b]) => compareText(a, b))
      .map(([namespace, alike]) => {
        const why = [...new Set(alike.map(({ why }) => why))].join('; ')
        const checked = alike.map(({ change }) => change)
        return checkStep(node, namespace, checked, { group, why })
      })
  })
}
