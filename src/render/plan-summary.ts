/** Summarizes a plan in one line, the same in the terminal, in a pull request and in a log. */
import { blockingFindings } from '../documents/blocking.ts'
import { sawEverything, unseenNodes } from '../documents/unseen-nodes.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import { unreachable } from '../domain/errors.ts'
import type { Plan } from '../documents/plan.generated.ts'
import { count } from '../domain/count.ts'
import { nestFindings } from './finding-tree.ts'

/**
 * `Plan: 2 to register, 3 to tune, 3 mounts to reload on 3 nodes, 1 to deregister.`, without parts
 * that are zero, then the number of blocking findings.
 */
export function summarizePlan(plan: Plan): string {
  // A finding that follows from another one is not counted.
  const { length: blocking } = nestFindings(blockingFindings(plan.findings))
  const blocked = blocking === 0 ? [] : [`Blocked by ${count(blocking, 'finding')}.`]
  const parts = countSteps(plan)
  if (parts.length > 0) return [`Plan: ${parts.join(', ')}.`, ...blocked].join(' ')
  return blocked[0] ?? noChanges(plan)
}

function countSteps(plan: Plan): string[] {
  let [register, enable, tune, repoint, deregister] = [0, 0, 0, 0, 0]
  const reloaded = new Set<string>()
  const checked = new Set<string>()
  const nodes = new Set<string>()
  for (const { action } of plan.steps) {
    switch (action.kind) {
      case 'register':
        register += 1
        break
      case 'enable':
        enable += 1
        break
      case 'tune':
        tune += 1
        break
      case 'repoint':
        repoint += 1
        break
      case 'reload':
        for (const mount of action.mounts) reloaded.add(mount)
        nodes.add(action.node)
        break
      case 'deregister':
        deregister += 1
        break
      case 'check':
        for (const mount of action.mounts) checked.add(mount)
        break
      default:
        unreachable(action)
    }
  }
  return [
    checked.size > 0 && `${count(checked.size, 'mount')} to check`,
    register > 0 && `${register} to register`,
    enable > 0 && `${enable} to enable`,
    tune > 0 && `${tune} to tune`,
    repoint > 0 && `${count(repoint, 'connection')} to repoint`,
    reloaded.size > 0 &&
      `${count(reloaded.size, 'mount')} to reload on ${count(nodes.size, 'node')}`,
    deregister > 0 && `${deregister} to deregister`,
  ].filter((part) => part !== false)
}

function noChanges(plan: Plan): string {
  const unseen = unseenNodes(plan.cluster).length
  if (unseen > 0) {
    return `Nothing to change on the nodes that answered. ${count(unseen, 'node')} did not answer, so what ${unseen === 1 ? 'it runs' : 'they run'} is not known.`
  }
  if (!sawEverything(plan)) {
    return 'Nothing to change in what could be read. Not everything could be read: see the warnings.'
  }
  return onlyActiveRuns(plan.cluster)
    ? 'No changes. The active node runs what the file asks for; standbys run no plugins.'
    : 'No changes. Every node runs what the file asks for.'
}
