/** Files that a plan starts on nodes whose plugin directories were not checked. */
import type { LiveState } from '../../domain/live.ts'
import type { NodeAddress, RunningBinary } from '../../domain/names.ts'
import { effectsOf } from '../effects.ts'
import { isChecked, type NeededFile, neededFiles } from '../needed-files.ts'
import type { PlanRule } from '../rule.ts'
import { BINARY_CHECK_TOPIC, fileTopic } from '../topics.ts'
import { nameSome } from '../wording.ts'

export const binaryUnchecked: PlanRule = {
  about: 'plan',
  name: 'binary-unchecked',
  severity: 'warning',
  title: 'Plugin files were not checked on every node',
  explanation:
    'A server looks for a file when it is registered, and compares its hash only when it starts the plugin. So a file that was never started on a node may be missing or wrong there. On a node that serves, the reload shows this: the step fails and is rolled back, if it has a rollback. A standby that forwards requests starts plugins only when it becomes active: if a file is missing or wrong there, the mounts are down after the change of leader. No request can ask a node for its files; `cluster.binary_check` can.',
  fix: 'Set `cluster.binary_check` in the file, or compare the SHA-256 of each file on each node yourself.',
  allowable: true,
  judge({ desired, live, draft, binaries = [], runsCommands = true }) {
    const files = neededFiles(draft).filter((file) => file.for === 'run')
    const added = new Set(effectsOf(draft).registered.map(({ entry }) => entry.command))
    const isRunning = findRunning(live)
    // A node that serves was asked for the registered entries, so it is known whether the files
    // exist.
    const unseen = live.nodes.flatMap(({ address, state }) =>
      files
        .filter(
          (file) =>
            state === 'forwarding' ||
            (state === 'serving' && added.has(file.command) && !isRunning(file, address)),
        )
        .filter((file) => !isChecked(address, file, binaries))
        .map((file) => ({ ...file, address, state })),
    )
    if (unseen.length === 0) return []
    const commands = [...new Set(unseen.map(({ command }) => command))].sort()
    const nodes = [...new Set(unseen.map(({ address }) => address))]
    const late = [
      ...new Set(unseen.flatMap((file) => (file.state === 'forwarding' ? file.address : []))),
    ]
    const isEachRolledBack = draft.steps.every(
      ({ action, undo }) => action.kind !== 'reload' || undo.length > 0,
    )
    return [
      {
        ...(late.length === 0 && { severity: 'note' as const }),
        subject: 'binary_check',
        message: `Not checked on ${nameSome(nodes)}: ${nameSome(commands)}. ${late.length === 0 ? `A file that is missing or wrong fails its step${isEachRolledBack ? ', which is rolled back' : ', and not every step of this plan has a rollback'}.` : `${nameSome(late)} ${late.length === 1 ? 'starts' : 'start'} plugins only after a change of leader: a file that is missing or wrong shows only then.`}`,
        nodes,
        topics: [
          ...unseen.map(fileTopic),
          ...(!runsCommands && desired.cluster.binaryCheck !== undefined
            ? [BINARY_CHECK_TOPIC]
            : []),
        ],
      },
    ]
  },
}

/** Returns a function that says whether a node runs a binary, under any name. */
function findRunning({ mounts }: LiveState): (file: NeededFile, node: NodeAddress) => boolean {
  const running = new Map<NodeAddress, Set<RunningBinary>>()
  for (const { nodes } of mounts) {
    for (const { node, running_sha256 } of nodes) {
      const binaries = running.get(node) ?? new Set()
      running.set(node, binaries.add(running_sha256))
    }
  }
  return ({ sha256 }, node) => running.get(node)?.has(sha256) === true
}
