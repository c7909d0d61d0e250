/**
 * Keeps which mounts share a process. A reload of one mount ends the process of all of them, so all
 * of them are in the same state, and to check one is enough.
 */
import type { MountPath, NodeAddress } from '../../domain/names.ts'
import { remember } from '../../domain/remember.ts'
import type { Twin } from '../cluster/twin.ts'

export interface ProcessMates {
  /** To be called when a mount was made, and when it was reloaded. */
  look(node: NodeAddress, mount: MountPath): void
  /** The processes that these mounts run with. */
  processesOf(node: NodeAddress, mounts: readonly MountPath[]): ReadonlySet<string>
  /** Returns a mount that runs with the process, or ran with it until it ended. */
  oneOf(node: NodeAddress, process: string): MountPath | undefined
}

interface OnNode {
  readonly processes: Map<MountPath, string>
  readonly mates: Map<string, Set<MountPath>>
}

export function trackProcessMates(twin: Twin): ProcessMates {
  const nodes = new Map<NodeAddress, OnNode>()
  const on = (node: NodeAddress): OnNode =>
    remember(nodes, node, () => ({ processes: new Map(), mates: new Map() }))
  return {
    look(node, mount) {
      const { processes, mates } = on(node)
      const [before, now] = [processes.get(mount), twin.running(node, mount)?.process]
      if (before === now) return
      if (before !== undefined) mates.get(before)?.delete(mount)
      if (now === undefined) {
        processes.delete(mount)
        return
      }
      processes.set(mount, now)
      remember(mates, now, () => new Set<MountPath>()).add(mount)
    },
    processesOf(node, mounts) {
      const { processes } = on(node)
      return new Set(mounts.flatMap((mount) => processes.get(mount) ?? []))
    },
    oneOf: (node, process) => on(node).mates.get(process)?.values().next().value,
  }
}
