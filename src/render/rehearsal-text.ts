/**
 * Describes the result of the rehearsal: how many stopping points are safe, and for how many nodes
 * that is unknown.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { unseenNodes } from '../documents/unseen-nodes.ts'
import { count } from '../domain/count.ts'

/**
 * `7 of 7 stopping points are safe.`, and the number of nodes about which nothing is known. Empty
 * if there was no rehearsal.
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
