/**
 * Orders the steps: blocks one after another, and the steps of one block in parallel. Every step
 * comes after all steps of the previous block. So a run can stop only after whole blocks and a part
 * of the next one. The rehearsal relies on that.
 */
import type { Step } from '../documents/plan.generated.ts'
import type { UnorderedStep } from './steps.ts'

/** Steps that may be carried out in any order or in parallel. */
export type Block = readonly UnorderedStep[]

/** Each step as its own block. */
export function sequentialBlocks(steps: readonly UnorderedStep[]): readonly Block[] {
  return steps.map((step) => [step])
}

/**
 * Merges lists of blocks: the first blocks of all lists become one block, then the second blocks,
 * and so on.
 */
export function mergeBlocks(lists: readonly (readonly Block[])[]): readonly Block[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, at) => lists.flatMap((blocks) => blocks[at] ?? []))
}

/**
 * The steps in order; `after` names the steps of the previous block. If both blocks have several
 * steps, the first step of the later block goes alone: otherwise `after` would name every pair of
 * them.
 */
export function orderSteps(blocks: readonly Block[]): Step[] {
  const steps: Step[] = []
  let before: readonly string[] = []
  const add = (block: Block): void => {
    if (block.length === 0) return
    for (const step of block) {
      // In front of the other fields, since people read the JSON too.
      const first = { id: step.id, group: step.group, after: [...before] }
      steps.push(Object.assign(first, step))
    }
    before = block.map(({ id }) => id)
  }
  for (const block of blocks) {
    const isWide = before.length > 1 && block.length > 1
    if (isWide) add(block.slice(0, 1))
    add(isWide ? block.slice(1) : block)
  }
  return steps
}
