/**
 * What a run has done so far, step by step, kept where nothing that throws can lose it: however the
 * run ends, each step is told once. Pure.
 */
import type { Plan, Step } from '../documents/plan.generated.ts'

export interface Ledger {
  readonly begin: (step: Step) => void
  readonly finish: (step: Step, how: { readonly already: boolean }) => void
  /** In the order in which they were done. */
  readonly done: () => readonly Step[]
  /** The step that was begun and not finished. */
  readonly underWay: () => Step | undefined
  /** Ids of `done`, less those that `except` names, and of those for which nothing was sent. */
  readonly ended: (except?: readonly Step[]) => {
    readonly done: readonly string[]
    readonly already: readonly string[]
  }
  /** Ids of the steps that were neither finished nor named by `except`. */
  readonly remaining: (except?: readonly Step[]) => readonly string[]
  /** True once something was sent that may have changed a server. */
  readonly hasWritten: () => boolean
}

export function createLedger({ steps }: Plan): Ledger {
  const done: Step[] = []
  const already = new Set<Step>()
  let underWay: Step | undefined
  return {
    begin: (step) => {
      underWay = step
    },
    finish: (step, how) => {
      done.push(step)
      if (how.already) already.add(step)
      underWay = undefined
    },
    done: () => done,
    underWay: () => underWay,
    ended: (except = []) => {
      const kept = done.filter((step) => !except.includes(step))
      return { done: idsOf(kept), already: idsOf(kept.filter((step) => already.has(step))) }
    },
    remaining: (except = []) =>
      idsOf(steps.filter((step) => !done.includes(step) && !except.includes(step))),
    hasWritten: () => done.some((step) => !already.has(step) && step.action.kind !== 'check'),
  }
}

export function idsOf(steps: readonly Step[]): string[] {
  return steps.map(({ id }) => id)
}
