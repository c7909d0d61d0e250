/** The steps of a plan by when they may begin. Pure. */
import type { Step } from './plan.generated.ts'

/** The steps of a plan in blocks: those of one block come after the same steps. */
export function blocksOf(steps: readonly Step[]): readonly (readonly [Step, ...Step[]])[] {
  const blocks: [Step, ...Step[]][] = []
  for (const step of steps) {
    const block = blocks.at(-1)
    if (block !== undefined && isSame(block[0].after, step.after)) block.push(step)
    else blocks.push([step])
  }
  return blocks
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at])
}
