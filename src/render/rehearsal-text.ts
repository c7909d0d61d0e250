/** What the rehearsal showed, in words: how many places to stop at are safe, and where they lie. */
import type { Rehearsal, Step } from '../documents/plan.generated.ts'
import { count, printable } from './wording.ts'

/** `7 of 7 stopping points are safe.` */
export function describeRehearsal({ stopping_points, safe }: Rehearsal): string {
  const verb = stopping_points === 1 ? 'is' : 'are'
  return `${safe} of ${count(stopping_points, 'stopping point')} ${verb} safe.`
}

/** Where a run may stop, by the step's number, as people count them here. */
export function stoppingPoint(after: string, steps: readonly Step[]): string {
  if (after === '') return 'before the first step'
  const index = steps.findIndex(({ id }) => id === after)
  return index < 0 ? `after ${printable(after)}` : `after step ${index + 1}`
}
