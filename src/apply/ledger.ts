/**
 * Keeps which steps of a run were begun and which are done, where no exception can lose it: however
 * the run ends, its outcome names each step once. Pure.
 */
import type { Plan, Step } from '../documents/plan.generated.ts'

export interface Ledger {
  readonly begin: (step: Step) => void
  readonly finish: (step: Step, how: { readonly already: boolean }) => void
  /** The finished steps, in the order in which they finished. */
  readonly done: () => readonly Step[]
  /** The steps that were begun and not finished. */
  readonly underWay: () => readonly Step[]
  /**
   * Ids in the order of the plan, without those of `except`. `done`: the finished steps. `already`: those
   * of them for which nothing was sent.
   */
  readonly ended: (except?: readonly Step[]) => {
    readonly done: readonly string[]
    readonly already: readonly string[]
  }
  /** Ids of the steps that are not finished, without those of `except`. */
  readonly remaining: (except?: readonly Step[]) => readonly string[]
  /** True once something was sent that may have changed a server. */
  readonly hasWritten: () => boolean
}

export function createLedger({ steps }: Plan): Ledger {
  const done: Step[] = []
  const finished = new Set<Step>()
  const already = new Set<Step>()
  const underWay = new Set<Step>()
  return {
    begin: (step) => {
      underWay.add(step)
    },
    finish: (step, how) => {
      done.push(step)
      finished.add(step)
      if (how.already) already.add(step)
      underWay.delete(step)
    },
    done: () => done,
    underWay: () => [...underWay],
    ended: (except = []) => {
      const left = new Set(except)
      const kept = steps.filter((step) => finished.has(step) && !left.has(step))
      return { done: idsOf(kept), already: idsOf(kept.filter((step) => already.has(step))) }
    },
    remaining: (except = []) => {
      const left = new Set(except)
      return idsOf(steps.filter((step) => !finished.has(step) && !left.has(step)))
    },
    hasWritten: () => done.some((step) => !already.has(step) && step.action.kind !== 'check'),
  }
}

export function idsOf(steps: readonly Step[]): string[] {
  return steps.map(({ id }) => id)
}
