/** What the rehearsal showed, in words: how many places to stop at are safe. */
import type { Rehearsal } from '../documents/plan.generated.ts'
import { count } from '../domain/count.ts'

/** `7 of 7 stopping points are safe.` */
export function describeRehearsal({ stopping_points, safe }: Rehearsal): string {
  const verb = stopping_points === 1 ? 'is' : 'are'
  return `${safe} of ${count(stopping_points, 'stopping point')} ${verb} safe.`
}
