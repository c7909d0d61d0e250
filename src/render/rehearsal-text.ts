/** What the rehearsal showed, in words: how many places to stop at are safe, and for which nodes. */
import type { Plan } from '../documents/plan.generated.ts'
import { unseenNodes } from '../documents/seen.ts'
import { count } from '../domain/count.ts'

/**
 * `7 of 7 stopping points are safe.`, and how many nodes that says nothing of. Empty where there
 * was no rehearsal.
 */
export function describeRehearsal({ rehearsal, cluster }: Plan): string {
  if (rehearsal === null) return ''
  const { stopping_points, safe } = rehearsal
  const verb = stopping_points === 1 ? 'is' : 'are'
  const text = `${safe} of ${count(stopping_points, 'stopping point')} ${verb} safe.`
  const unseen = unseenNodes(cluster).length
  if (unseen === 0) return text
  return `${text} Nothing is known of ${count(unseen, 'node')} that could not be asked.`
}
