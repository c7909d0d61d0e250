/**
 * Finds out whether a rehearsal in the listed order proves every set of steps that `after` allows at
 * a stop. It does if `after` makes blocks, one after another, and if no mount depends on more than
 * one step of a block: then each mount is, at any stop, as it is at some place in the listed order.
 * Takes time in proportion to the number of names in `after`, not to the number of sets.
 */
import type { Step } from '../../documents/plan.generated.ts'
import { blocksOf } from '../../documents/step-blocks.ts'
import { groupBy } from '../../domain/group-by.ts'
import { LATEST, type MountPath, type PluginId } from '../../domain/names.ts'
import type { RehearsalFault } from './faults.ts'

export interface OrderedMounts {
  readonly pluginOf: (mount: MountPath) => PluginId | undefined
  /** True if a mount of the plugin is configured for `latest` before the plan. */
  readonly followsLatest: (plugin: PluginId) => boolean
}

/** By step: the steps that may run before or after it although the rehearsal proves only one order. */
export function findFreeOrder(
  steps: readonly Step[],
  mounts: OrderedMounts,
): ReadonlyMap<Step, readonly RehearsalFault[]> {
  const { blocks, unordered } = findBlocks(steps)
  const followers = tunedToLatest(steps, mounts)
  const dependent = blocks.flatMap((block) => (block.length > 1 ? dependentOn(block) : []))
  return groupFaults([...unordered, ...dependent])

  function dependentOn(block: readonly Step[]): FreeStep[] {
    return [
      ...block.flatMap((step) => (isFree(step) ? [] : [{ step, beside: block }])),
      ...repeated(block, thingOf),
      ...entangledEntries(block),
    ]
  }

  /** Entries of one plugin beside each other, or beside a tune of one of its mounts. */
  function entangledEntries(block: readonly Step[]): FreeStep[] {
    const tuned = new Set(
      block.flatMap(({ action }) => (action.kind === 'tune' ? mounts.pluginOf(action.mount) : [])),
    )
    const byPlugin = groupBy(block.filter(isOfEntry), ({ action }) => action.plugin)
    return [...byPlugin].flatMap(([plugin, ofPlugin]) => {
      const follows = mounts.followsLatest(plugin) || followers.has(plugin)
      if (!tuned.has(plugin) && !(ofPlugin.length > 1 && follows)) return []
      return ofPlugin.map((step) => ({ step, beside: block }))
    })
  }
}

interface FreeStep {
  readonly step: Step
  /** The steps that may run before or after it. */
  readonly beside: readonly Step[]
}

interface Blocks {
  readonly blocks: readonly (readonly Step[])[]
  /** Steps that do not come after all steps of the block before theirs. */
  readonly unordered: readonly FreeStep[]
}

function findBlocks(steps: readonly Step[]): Blocks {
  const blocks = blocksOf(steps)
  const unordered = blocks.flatMap((block, at) => {
    const before = blocks[at - 1] ?? []
    const isNext = namesExactly(block[0].after, before)
    return isNext ? [] : block.map((step) => ({ step, beside: before }))
  })
  return { blocks, unordered }
}

function namesExactly(after: readonly string[], block: readonly Step[]): boolean {
  const ids = new Set(block.map(({ id }) => id))
  return after.length === ids.size && after.every((id) => ids.has(id))
}

/** True for the kinds of steps that may share a block: no other step of the block needs what they change. */
function isFree({ action }: Step): boolean {
  return action.kind === 'register' || action.kind === 'deregister' || action.kind === 'tune'
}

type EntryStep = Step & {
  readonly action: { readonly kind: 'register' | 'deregister'; readonly plugin: PluginId }
}

function isOfEntry(step: Step): step is EntryStep {
  return step.action.kind === 'register' || step.action.kind === 'deregister'
}

function thingOf({ action, id }: Step): string {
  switch (action.kind) {
    case 'register':
    case 'deregister':
      return `${action.plugin} ${action.version}`
    case 'tune':
      return action.mount
    case 'enable':
    case 'repoint':
    case 'reload':
    case 'check':
      return id
  }
}

function repeated(block: readonly Step[], thing: (step: Step) => string): FreeStep[] {
  return [...groupBy(block, thing).values()].flatMap((alike) =>
    alike.slice(1).map((step) => ({ step, beside: alike })),
  )
}

function tunedToLatest(steps: readonly Step[], { pluginOf }: OrderedMounts): ReadonlySet<PluginId> {
  return new Set(
    steps.flatMap(({ action }) =>
      action.kind === 'tune' && action.version === LATEST ? (pluginOf(action.mount) ?? []) : [],
    ),
  )
}

function groupFaults(free: readonly FreeStep[]): ReadonlyMap<Step, readonly RehearsalFault[]> {
  return new Map(
    [...groupBy(free, ({ step }) => step)].map(([step, ofStep]) => {
      const others = new Set(ofStep.flatMap(({ beside }) => beside.map(({ id }) => id)))
      others.delete(step.id)
      return [step, [...others].map((words): RehearsalFault => ({ kind: 'free-order', words }))]
    }),
  )
}
