/** Runs the sides of a row in turn, so that a busy machine slows all of them, and takes medians. */
import { execa } from 'execa'

export interface Side {
  /** A program and its arguments. */
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The exit codes that say that the work was done; 0 if not said. */
  readonly exits?: readonly number[]
  /** Brings everything back to how it was; not measured. */
  readonly after?: () => Promise<void>
}

/** A side's milliseconds, in the order of the rounds. */
export type Times = readonly number[]

/** One unmeasured run of each comes first: files come from the disk only then. */
export async function measure(
  sides: readonly Side[],
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: boolean },
): Promise<readonly Times[]> {
  const times = sides.map((): number[] => [])
  for (let round = warmUp ? -1 : 0; round < rounds; round += 1) {
    for (const [at, side] of sides.entries()) {
      const taken = await time(side)
      if (round >= 0) times[at]?.push(taken)
    }
  }
  return times
}

export function median(values: Times): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [upper = Number.NaN, lower = upper] = [sorted[middle], sorted[middle - 1]]
  return sorted.length % 2 === 1 ? upper : (upper + lower) / 2
}

async function time({ command, env = {}, exits = [0], after }: Side): Promise<number> {
  const [file = '', ...args] = command
  const began = performance.now()
  const ended = await execa(file, args, { env, stdin: 'ignore', reject: false })
  const taken = performance.now() - began
  if (!exits.includes(ended.exitCode ?? -1)) {
    throw new Error(`${command.join(' ')} ended with ${String(ended.exitCode)}:\n${ended.stderr}`)
  }
  await after?.()
  return taken
}
