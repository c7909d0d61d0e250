/** Mounts that are moved together: tuned, then reloaded by one request to each node. */
import type { LiveState } from '../domain/live.ts'
import { compareText, isBuiltinVersion, type PluginId, type Version } from '../domain/names.ts'
import { groupBy } from '../domain/group-by.ts'
import { reloadOrder } from '../domain/live-index.ts'
import { type Block, oneByOne } from './order.ts'
import { checkStep, type CheckNeeds, whyToCheck } from './check.ts'
import type { CheckRecords } from './checked.ts'
import { type MountChange, reloadStep, viewOn, whyToReload } from './reload.ts'
import type { SeenEntry, UnorderedStep } from './steps.ts'
import { retuneStep, tuneStep } from './tune.ts'

/** What all the batches of a plugin have in common. */
export interface Moving {
  /** What the journals say of the mounts' checks. */
  readonly checks: CheckRecords
  /** By `checkKey`: mounts whose checks a saved plan has. */
  readonly requested: ReadonlySet<string>
  readonly plugin: PluginId
  readonly live: LiveState
  /** What is registered under each version by then. */
  readonly entries: ReadonlyMap<Version, SeenEntry>
}

/** The canaries alone before the others; in a group of their own unless it is given the same name. */
export function batchSteps(
  moves: readonly MountChange[],
  group: string,
  canaryGroup: string,
  moving: Moving,
): Block[] {
  const canaries = moves.filter(({ target }) => target.canary)
  const others = moves.filter(({ target }) => !target.canary)
  const rest = moveSteps(others, group, moving, { followed: false })
  const first = moveSteps(canaries, canaryGroup, moving, { followed: rest.flat().length > 0 })
  const markCanary = (step: UnorderedStep): UnorderedStep => ({
    ...(canaryGroup === group ? namedAfterCanary(step) : step),
    canary: true,
  })
  return [...first.map((block) => block.map(markCanary)), ...rest]
}

/** In the group of the others the canary's reloads need names of their own. */
function namedAfterCanary(step: UnorderedStep): UnorderedStep {
  return { ...step, id: step.id.replace(/^(reload|check) /, '$1 canary of ') }
}

/**
 * Check what runs already and was not seen to pass; tune them all, beside each other; then one
 * request to each node and namespace, one after another, that names all mounts to reload there. The
 * mounts of one plugin share a process, so two requests to one node would disturb each other.
 */
function moveSteps(
  moves: readonly MountChange[],
  group: string,
  { plugin, live, entries, checks, requested }: Moving,
  { followed }: { readonly followed: boolean },
): Block[] {
  const tunes = moves
    .filter(({ tuned, behind }) => tuned || behind.length > 0)
    .map(({ target, tuned, behind, back }) => {
      const entry = isBuiltinVersion(target.version) ? undefined : entries.get(target.version)
      return tuned
        ? tuneStep(target, { entry, back, group, live })
        : retuneStep(target, entry, behind)
    })
  const reloads = reloadOrder(live).flatMap((node) => {
    const needing = moves.filter((move) => {
      const view = viewOn(move.target.mount, node)
      return view !== undefined && whyToReload(move, view) !== undefined
    })
    const byNamespace = groupBy(needing, (move) => move.target.mount.namespace)
    return [...byNamespace]
      .sort(([a], [b]) => compareText(a, b))
      .map(([namespace, ones]) => reloadStep(plugin, node, namespace, ones, group))
  })
  const reloaded = new Set(
    reloads.flatMap(({ action }) => (action.kind === 'reload' ? action.mounts : [])),
  )
  const isReloaded = ({ target }: MountChange): boolean => reloaded.has(target.mount.path)
  const checking = checkSteps(moves, group, live, {
    checks,
    requested,
    followed,
    isReloaded,
  })
  return [...oneByOne(checking), tunes, ...oneByOne(reloads)]
}

function checkSteps(
  moves: readonly MountChange[],
  group: string,
  live: LiveState,
  needs: CheckNeeds,
): UnorderedStep[] {
  return reloadOrder(live).flatMap((node) => {
    const needing = moves.flatMap((move) => {
      const why = whyToCheck(move, node, needs)
      return why === undefined ? [] : { move, why }
    })
    const byNamespace = groupBy(needing, ({ move }) => move.target.mount.namespace)
    return [...byNamespace]
      .sort(([a], [b]) => compareText(a, b))
      .map(([namespace, ones]) => {
        const why = [...new Set(ones.map((one) => one.why))].join('; ')
        const checked = ones.map(({ move }) => move)
        return checkStep(node, namespace, checked, { group, why })
      })
  })
}
