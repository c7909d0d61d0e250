/**
 * Says after which steps it is safe to stop, by the rehearsal, and for how many nodes that is
 * unknown.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { unseenNodes } from '../documents/unseen-nodes.ts'
import { count } from '../domain/count.ts'

/**
 * `Safe to stop after any of the 7 steps.`, and the number of nodes about which nothing is known.
 * Empty if there was no rehearsal.
 */
export function describeRehearsal({ rehearsal, cluster }: Plan): string {
  if (rehearsal === null) return ''
  const { stopping_points: steps, safe } = rehearsal
  const unsafe = steps - safe
  const which = steps === 1 ? 'the step' : `${unsafe === 0 ? 'any' : unsafe} of the ${steps} steps`
  const text = `${unsafe === 0 ? 'Safe' : 'NOT safe'} to stop after ${which}.`
  const unseen = unseenNodes(cluster).length
  if (unseen === 0) return text
  return `${text} Nothing is known of ${count(unseen, 'node')} that could not be asked.`
}
