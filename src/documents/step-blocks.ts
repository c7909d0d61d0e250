/** Groups the steps of a plan by the steps that they wait for. Pure. */
import type { Step } from './plan.generated.ts'

/** The steps of a plan in blocks. The steps of one block wait for the same steps. */
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
