/**
 * The order of steps: blocks one after another, and the steps of one block beside each other. Every
 * step comes after all steps of the block before its own, so a run can stop at whole blocks and a
 * part of one more, and at nothing else. The rehearsal relies on that.
 */
import type { Step } from '../documents/plan.generated.ts'
import type { UnorderedStep } from './steps.ts'

/** Steps that may be carried out in any order, or at the same time. */
export type Block = readonly UnorderedStep[]

/** Each step as a block of its own. */
export function oneByOne(steps: readonly UnorderedStep[]): readonly Block[] {
  return steps.map((step) => [step])
}

/** The first block of every list beside each other, then the second of every list, and so on. */
export function besideEachOther(lists: readonly (readonly Block[])[]): readonly Block[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, at) => lists.flatMap((blocks) => blocks[at] ?? []))
}

/**
 * `after` names the steps of the block before. Where both blocks have several steps, the first step of
 * the later one goes alone before the others: else a plan would name every pair of them.
 */
export function orderSteps(blocks: readonly Block[]): Step[] {
  const steps: Step[] = []
  let before: readonly string[] = []
  const add = (block: Block): void => {
    if (block.length === 0) return
    for (const { id, group, ...rest } of block)
      steps.push({ id, group, after: [...before], ...rest })
    before = block.map(({ id }) => id)
  }
  for (const block of blocks) {
    const isWide = before.length > 1 && block.length > 1
    if (isWide) add(block.slice(0, 1))
    add(isWide ? block.slice(1) : block)
  }
  return steps
}
